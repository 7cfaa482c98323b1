import Testing

@testable import Archive

@Suite struct ArchiveStreamTests {
    /// Bytes in blocks of a given size, as a pipe would give them.
    private final class Blocks {
        private var rest: ArraySlice<UInt8>
        private let size: Int

        init(_ bytes: [UInt8], of size: Int) {
            rest = bytes[...]
            self.size = size
        }

        func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
            let block = rest.prefix(min(size, buffer.count))
            buffer.copyBytes(from: block)
            rest = rest.dropFirst(block.count)
            return block.count
        }
    }

    private func stream(_ entries: [(ArchiveEntry, [UInt8])]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = try ArchiveStreamWriter { block in
            bytes += block
            return true
        }
        for (entry, contents) in entries {
            try writer.begin(entry, size: contents.count)
            try contents.withUnsafeBytes { try writer.write(contentsOf: $0) }
        }
        try writer.close()
        return bytes
    }

    private let entries: [(ArchiveEntry, [UInt8])] = [
        (ArchiveEntry(path: "a", kind: .directory, mode: 0o755), []),
        (ArchiveEntry(path: "a/ünï", kind: .file, mode: 0o644), Array("text".utf8)),
        (ArchiveEntry(path: "a/" + String(repeating: "n", count: 250), kind: .file, mode: 0o644), [1, 2, 3]),
        (ArchiveEntry(path: "link", kind: .link(target: "a/ünï"), mode: 0o777), []),
    ]

    @Test(arguments: [1, 511, 1 << 16])
    func `what is written as a stream is read as a stream, in blocks of any size`(size: Int) throws {
        let blocks = Blocks(try stream(entries), of: size)
        let reader = try ArchiveStreamReader { blocks.read($0) }
        var members: [String] = []
        while let member = try reader.next() {
            members.append("\(member.kind) \(member.path.count) \(member.size)")
            if member.path == "a/ünï" { #expect(try reader.contents(limit: 10) == Array("text".utf8)) }
        }
        #expect(members == ["directory 1 0", "file 5 4", "file 252 3", "link 4 0"])
    }

    @Test func `a stream's archive can be read by the reader of foreign ones`() throws {
        var reader = try ArchiveReader(try stream(entries))
        var entries: [ArchiveEntry] = []
        while let member = try reader.next() { entries.append(member.entry) }
        #expect(entries == self.entries.map(\.0))
    }

    @Test func `a gzipped one is read, and one that was cut off is an error`() throws {
        let writer = try ArchiveWriter(limit: 1 << 20)
        try writer.write(entries[1].0, contents: entries[1].1)
        let bytes = try writer.close()
        let whole = Blocks(bytes, of: 100)
        #expect(try ArchiveStreamReader { whole.read($0) }.next()?.path == "a/ünï")
        let cut = Blocks(Array(bytes.prefix(bytes.count / 2)), of: 100)
        #expect(throws: ArchiveError.self) {
            let reader = try ArchiveStreamReader { cut.read($0) }
            while try reader.next() != nil { _ = try reader.contents(limit: 100) }
        }
    }

    @Test func `who takes no more blocks ends the writing, and more than announced isn't written`() throws {
        let writer = try ArchiveStreamWriter { _ in false }
        let block = [UInt8](repeating: 7, count: 4 << 20)
        #expect(throws: ArchiveError.self) {
            try writer.begin(ArchiveEntry(path: "x", kind: .file, mode: 0o644), size: block.count)
            try block.withUnsafeBytes { try writer.write(contentsOf: $0) }
        }
        let other = try ArchiveStreamWriter { _ in true }
        try other.begin(ArchiveEntry(path: "x", kind: .file, mode: 0o644), size: 1)
        #expect(throws: ArchiveError.self) { try [1, 2].withUnsafeBytes { try other.write(contentsOf: $0) } }
    }

    @Test func `content over the limit is refused`() throws {
        let blocks = Blocks(try stream(entries), of: 4096)
        let reader = try ArchiveStreamReader { blocks.read($0) }
        _ = try reader.next()
        _ = try reader.next()
        #expect(throws: ArchiveError.self) { try reader.contents(limit: 3) }
    }
}
