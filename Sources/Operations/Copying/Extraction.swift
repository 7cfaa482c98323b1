internal import Archive
internal import Crypto
internal import Glibc

/// Unpacks a tar stream from a pod into a stage folder on this machine: beneath it and nowhere else.
///
/// Nothing in the stream is believed. A name that leads elsewhere, comes twice or has no folder, a link that leads out
/// of what is copied, a hard link to anything but a file that came before, a device, pipe or socket, a set-id bit: each
/// is an error that names it. Links are made last, so that nothing can be written through one.
struct Extraction {
    /// Members of one copy, and how deep they may lie.
    private static let mostMembers = 2_000_000
    private static let mostDepth = 256
    /// The name of what is copied, in the stage.
    static let top = Array("new".utf8)

    private let stage: FolderHandle
    private(set) var entries: [CopiedEntry] = []
    private(set) var digests: [ContentDigest?] = []
    private var positions: [[UInt8]: Int] = [:]
    private var links: [Int] = []
    /// Names of files that were linked, and whose content they share.
    private var parent: (path: [UInt8], folder: FolderHandle)?

    init(into stage: FolderHandle) {
        self.stage = stage
    }

    /// - Parameter read: the stream's next bytes, waiting for them; nil at its end.
    mutating func run(read: @escaping () -> [UInt8]?) throws {
        let tail = StreamTail()
        var archive = try ArchiveStream {
            let chunk = read()
            if let chunk { tail.note(chunk) }
            return chunk
        }
        while let header = try archive.next() { try take(header, &archive) }
        guard !entries.isEmpty else { throw OperationError(.failed, "the pod's archive is empty") }
        // A reader takes a stream that is cut between two members for a whole one, and stops looking at the archive's end.
        while let rest = read() { tail.note(rest) }
        guard tail.isWhole else {
            throw OperationError(
                .failed, "the pod's archive has no proper end", causes: ["\(tail.count) bytes came"],
                hint: "nothing was written")
        }
        for index in links { try makeLink(index) }
        try finishFolders()
    }

    private mutating func take(_ header: ArchiveStream.Header, _ archive: inout ArchiveStream) throws {
        let parts = try ArchiveStream.Header.parts(of: header.name)
        func refused(_ reason: String) -> OperationError {
            OperationError(.failed, "\(header.name.asName): \(reason)", hint: "nothing was written")
        }
        guard parts.count <= Extraction.mostDepth, entries.count < Extraction.mostMembers else {
            throw refused("too deep or too many")
        }
        // A single file comes as its own name; it is the copy itself then.
        if entries.isEmpty, header.kind != .folder {
            guard parts.count == 1, header.kind == .file else { throw refused("expected a folder or one file first") }
            return try add(header, path: [], &archive, refused)
        }
        guard entries.isEmpty ? parts.isEmpty : entries[0].kind == .folder && !parts.isEmpty else {
            throw refused(entries.isEmpty ? "expected the folder itself first" : "it is not below what is copied")
        }
        let path = [UInt8](parts.joined(separator: [UInt8(ascii: "/")]))
        guard positions[path] == nil else { throw refused("it comes twice") }
        try add(header, path: path, &archive, refused)
    }

    private mutating func add(
        _ header: ArchiveStream.Header, path: [UInt8], _ archive: inout ArchiveStream,
        _ refused: (String) -> OperationError
    ) throws {
        var entry = CopiedEntry(path: path, kind: .file, mode: header.mode & 0o777)
        entry.time = header.time
        var digest: ContentDigest?
        switch header.kind {
        case .folder:
            entry.kind = .folder
            try place(of: path, refused) { folder, name throws(OperationError) in try folder.make(name) }
        case .file:
            guard header.mode & 0o6000 == 0 else { throw refused("it has a set-user-id or set-group-id bit") }
            entry.size = header.size
            let file = try place(of: path, refused) { folder, name throws(OperationError) in try folder.create(name) }
            defer { close(file) }
            digest = try write(header, to: file, &archive, refused)
        case .hardLink(let target):
            let parts = try ArchiveStream.Header.parts(of: target)
            let other = [UInt8](parts.joined(separator: [UInt8(ascii: "/")]))
            guard let index = positions[other], entries[index].kind == .file, header.size == 0 else {
                throw refused("a hard link to what isn't a file of this copy")
            }
            let (from, name) = try folder(of: other, refused)
            try place(of: path, refused) { folder, own throws(OperationError) in
                try folder.hardLink(own, to: name, in: from)
            }
            entry = entries[index]
            entry.path = path
            digest = digests[index]
        case .link(let target):
            entry.kind = .link
            entry.mode = 0o777
            entry.target = target
            guard Extraction.staysInside(target, of: path) else {
                throw refused("a link that leads out of what is copied, to '\(target.asName)'")
            }
            links.append(entries.count)
        }
        positions[path] = entries.count
        entries.append(entry)
        digests.append(digest)
    }

    /// Leading `..` up to the copy's top, then plain names: what follows may pass other links, all of which stay inside.
    static func staysInside(_ target: [UInt8], of path: [UInt8]) -> Bool {
        guard target.first != UInt8(ascii: "/") else { return false }
        var depth = path.split(separator: UInt8(ascii: "/")).count - 1
        var hasName = false
        for part in target.split(separator: UInt8(ascii: "/")) where part != [UInt8(ascii: ".")] {
            if part == [UInt8(ascii: "."), UInt8(ascii: ".")] {
                depth -= 1
                if hasName || depth < 0 { return false }
            } else {
                hasName = true
            }
        }
        return true
    }

    private func write(
        _ header: ArchiveStream.Header, to file: Int32, _ archive: inout ArchiveStream,
        _ refused: (String) -> OperationError
    ) throws -> ContentDigest {
        var hash = SHA256()
        var total = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try archive.read(into: buffer)
            if count == 0 { break }
            total += count
            guard total <= header.size else { throw refused("more bytes than it announced") }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            var done = 0
            while done < count {
                let written = Glibc.write(file, buffer.baseAddress.map { $0 + done }, count - done)
                guard written >= 0 else {
                    if errno == EINTR { continue }
                    throw OperationError(.failed, "\(header.name.asName): \(String(cString: strerror(errno)))")
                }
                done += written
            }
        }
        guard total == header.size else { throw refused("expected \(header.size) bytes, found \(total)") }
        let time = timespec(tv_sec: header.time, tv_nsec: 0)
        guard fchmod(file, mode_t(header.mode & 0o777)) == 0, futimens(file, [time, time]) == 0 else {
            throw OperationError(.failed, "\(header.name.asName): \(String(cString: strerror(errno)))")
        }
        return ContentDigest(hash.finalize())
    }

    /// The folder that a member lies in, which must have come before, and the member's name there.
    private mutating func folder(
        of path: [UInt8], _ refused: (String) -> OperationError
    ) throws(OperationError) -> (FolderHandle, ArraySlice<UInt8>) {
        guard !path.isEmpty else { return (stage, Extraction.top[...]) }
        let parts = path.split(separator: UInt8(ascii: "/"))
        let above = [UInt8](parts.dropLast().joined(separator: [UInt8(ascii: "/")]))
        if let parent, parent.path == above { return (parent.folder, parts[parts.count - 1]) }
        guard let index = positions[above], entries[index].kind == .folder,
            let folder = stage.folder(at: [Extraction.top[...]] + parts.dropLast())
        else { throw refused("its folder did not come before it") }
        parent = (above, folder)
        return (folder, parts[parts.count - 1])
    }

    @discardableResult
    private mutating func place<Value>(
        of path: [UInt8], _ refused: (String) -> OperationError,
        _ body: (FolderHandle, ArraySlice<UInt8>) throws(OperationError) -> Value
    ) throws(OperationError) -> Value {
        let (folder, name) = try folder(of: path, refused)
        return try body(folder, name)
    }

    private mutating func makeLink(_ index: Int) throws(OperationError) {
        let entry = entries[index]
        try place(of: entry.path, { OperationError(.failed, "\(entry.path.asName): \($0)") }) {
            folder, name throws(OperationError) in
            try folder.link(name, to: entry.target)
            try folder.setTime(entry.time, of: name)
        }
    }

    /// Modes and times of folders, innermost first; their owner can use them until they are in place.
    private mutating func finishFolders() throws(OperationError) {
        for entry in entries.reversed() where entry.kind == .folder {
            try place(of: entry.path, { OperationError(.failed, "\(entry.path.asName): \($0)") }) {
                folder, name throws(OperationError) in
                try folder.setTime(entry.time, of: name)
                try folder.setMode(entry.mode | 0o700, of: name)
            }
        }
    }
}

/// The end of a tar stream: whole blocks, the last two of them empty.
private final class StreamTail {
    private static let size = 1024

    private(set) var count = 0
    private var last: [UInt8] = []

    func note(_ chunk: [UInt8]) {
        count += chunk.count
        last =
            chunk.count >= StreamTail.size
            ? Array(chunk.suffix(StreamTail.size)) : (last + chunk).suffix(StreamTail.size)
    }

    var isWhole: Bool { count % 512 == 0 && last.count == StreamTail.size && last.allSatisfy { $0 == 0 } }
}
