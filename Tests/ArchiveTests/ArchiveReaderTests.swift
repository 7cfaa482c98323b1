import Testing

@testable import Archive

@Suite("Archives from elsewhere")
struct ArchiveReaderTests {
    private func members(_ bytes: [UInt8], _ limits: ArchiveReader.Limits = .init()) throws -> [ArchiveReader.Member] {
        var reader = try ArchiveReader(bytes, limits: limits)
        var members: [ArchiveReader.Member] = []
        while let member = try reader.next() { members.append(member) }
        return members
    }

    private func message(_ bytes: [UInt8], _ limits: ArchiveReader.Limits = .init()) -> String {
        do {
            return "read: \(try members(bytes, limits).map(\.entry.path))"
        } catch {
            return "\(error)"
        }
    }

    @Test func `what the writer wrote comes back, whatever the names`() throws {
        let long = String(repeating: "d/", count: 90) + String(repeating: "n", count: 200)
        let names = ["a", "[ab]", "x\\y", "new\nline", "-dash", "ünïcode 🚀", long, ".hidden"]
        let writer = try ArchiveWriter(limit: 1 << 20)
        for (index, name) in names.enumerated() {
            try writer.write(
                ArchiveEntry(path: name, kind: .file, mode: index == 0 ? 0o755 : 0o644), contents: Array(name.utf8))
        }
        try writer.write(ArchiveEntry(path: "folder", kind: .directory, mode: 0o755))
        try writer.write(ArchiveEntry(path: "link", kind: .link(target: "ünïcode 🚀"), mode: 0o777))
        try writer.write(ArchiveEntry(path: "empty", kind: .file, mode: 0o644))
        let found = try members(try writer.close())
        #expect(found.map(\.entry.path) == names + ["folder", "link", "empty"])
        #expect(found.prefix(names.count).map(\.contents) == names.map { Array($0.utf8) })
        #expect(found[0].entry.mode == 0o755)
        #expect(found[names.count].entry.kind == .directory)
        #expect(found[names.count + 1].entry.kind == .link(target: "ünïcode 🚀"))
        #expect(found[names.count + 2].contents.isEmpty)
    }

    @Test(arguments: ["../a", "/etc/passwd", "a/../../b", "./a", "a//b", "..", "a/."])
    func `a name that leads elsewhere is refused`(name: String) {
        #expect(message(TarBytes.archive([.init(name: name)])).contains("not a plain relative path"))
    }

    @Test func `a name that leads through a link is refused`() {
        let bytes = TarBytes.archive([.init(name: "a", type: "2", link: "/etc"), .init(name: "a/passwd")])
        #expect(message(bytes) == "archive entry 'a/passwd': the name leads through a link")
    }

    @Test func `a member that comes twice is refused`() {
        #expect(message(TarBytes.archive([.init(name: "a"), .init(name: "a")])) == "archive entry 'a': it comes twice")
    }

    @Test(arguments: [("1", "a hard link"), ("3", "neither a file"), ("4", "neither a file"), ("6", "neither a file")])
    func `devices, pipes and hard links are refused`(type: Character, reason: String) {
        #expect(message(TarBytes.archive([.init(name: "a", type: type, link: "b")])).contains(reason))
    }

    @Test func `bytes that are not UTF-8 are no name`() {
        #expect(message(TarBytes.archive([.init(nameBytes: [0x61, 0xff, 0xfe])])).contains("not UTF-8"))
    }

    @Test func `limits stop before the memory is gone`() throws {
        let writer = try ArchiveWriter(limit: 1 << 20)
        for name in ["a", "b", "c"] {
            try writer.write(
                ArchiveEntry(path: name, kind: .file, mode: 0o644), contents: [UInt8](repeating: 0, count: 1 << 20))
        }
        let bomb = try writer.close()
        #expect(bomb.count < 16 << 10)
        #expect(message(bomb, .init(bytes: 2 << 20)) == "archive entry 'c': more than 2097152 bytes of files")
        #expect(message(bomb, .init(members: 2)) == "archive entry 'c': more than 2 members")
        let long = TarBytes.archive([.init(name: String(repeating: "n", count: 90))])
        #expect(message(long, .init(pathBytes: 50)).contains("more than 50 bytes"))
    }

    @Test func `a size that is a lie reserves nothing`() {
        #expect(message(TarBytes.archive([.init(name: "a", size: 0o77777777777)])).contains("bytes of files"))
    }

    @Test func `an archive cut at any byte is an error or lacks only its end`() throws {
        let bytes = TarBytes.archive([.init(name: "a", contents: Array("content".utf8)), .init(name: "b")])
        for count in 0..<bytes.count {
            let text = message(Array(bytes.prefix(count)))
            #expect(!text.contains("content"))
        }
        #expect(message(Array(bytes.prefix(512 + 3))).hasPrefix("archive"))
    }

    @Test func `noise is no archive`() {
        let noise = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 197 &+ 31) }
        #expect(message(noise).hasPrefix("archive"))
    }
}
