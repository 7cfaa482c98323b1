internal import Archive
internal import Crypto
internal import Glibc

/// Unpacks a tar stream from a pod into a stage folder on this machine: beneath it and nowhere else.
///
/// Nothing in the stream is believed: `ForeignMembers` checks each name; a hard link to anything but a file that came
/// before, a device, pipe or socket is an error too. Links are made last, so that nothing can be written through one.
struct Extraction {
    /// The name of what is copied, in the stage.
    static let top = Array("new".utf8)

    private let stage: FolderHandle
    private var members: ForeignMembers
    private(set) var digests: [ContentDigest?]
    private var links: [Int] = []
    /// Of members that the pod has listed, those that are asked for; nil when all that comes is new.
    private var awaited: Set<Int>?
    /// The folder that was used last.
    private var parent: (path: [UInt8], folder: FolderHandle)?

    var entries: [CopiedEntry] { members.entries }

    init(into stage: FolderHandle) {
        self.stage = stage
        members = ForeignMembers()
        digests = []
    }

    /// Of what the pod has listed: folders and links are made as the list has them, and only files that are asked for
    /// are taken from a stream.
    ///
    /// - Parameters:
    ///   - files: what is asked for.
    ///   - links: those that are to be made.
    init(into stage: FolderHandle, listed members: ForeignMembers, files: Set<Int>, links: [Int]) {
        self.stage = stage
        self.members = members
        self.links = links
        awaited = files
        digests = members.entries.map { _ in nil }
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
        if let index = awaited?.min() {
            throw OperationError(.failed, "\(entries[index].path.asName) was asked for and did not come")
        }
        try finish()
    }

    /// Makes links, and gives folders their modes and times.
    mutating func finish() throws(OperationError) {
        for index in links { try makeLink(index) }
        try finishFolders()
    }

    /// Makes the folders that the pod has listed.
    mutating func makeFolders() throws(OperationError) {
        for entry in entries where entry.kind == .folder {
            let (folder, name) = try folder(of: entry.path, named: entry.path)
            if folder.type(of: name) == nil { try folder.make(name) }
            try folder.setMode(0o700, of: name)
        }
    }

    private mutating func take(_ header: ArchiveStream.Header, _ archive: inout ArchiveStream) throws {
        if awaited != nil { return try takeAwaited(header, &archive) }
        let path = try members.path(of: header.name, isFolder: header.kind == .folder, isFile: header.kind == .file)
        var entry = CopiedEntry(path: path, kind: .file, mode: header.mode & 0o777)
        entry.time = header.time
        var digest: ContentDigest?
        switch header.kind {
        case .folder:
            entry.kind = .folder
            let (folder, name) = try folder(of: path, named: header.name)
            try folder.make(name)
        case .file:
            entry.size = header.size
            digest = try write(header, at: path, &archive)
        case .hardLink(let target):
            let index = try makeHardLink(header, to: target, at: path)
            entry = entries[index]
            entry.path = path
            digest = digests[index]
        case .link(let target):
            entry.kind = .link
            entry.mode = 0o777
            entry.target = target
            try ForeignMembers.checkLink(target, of: path, named: header.name)
            links.append(entries.count)
        }
        members.append(entry)
        digests.append(digest)
    }

    private mutating func takeAwaited(_ header: ArchiveStream.Header, _ archive: inout ArchiveStream) throws {
        let parts = try ArchiveStream.Header.parts(of: header.name)
        let isSingle = entries[0].kind == .file && parts.count == 1
        let path = isSingle ? [] : [UInt8](parts.joined(separator: [UInt8(ascii: "/")]))
        guard let index = members.index(of: path), awaited?.remove(index) != nil else {
            throw ForeignMembers.refusal(header.name, "it was not asked for, or comes twice")
        }
        switch header.kind {
        case .file:
            digests[index] = try write(header, at: path, &archive)
            members[index].mode = header.mode & 0o777
            members[index].size = header.size
            members[index].time = header.time
        case .hardLink(let target):
            let other = try makeHardLink(header, to: target, at: path)
            digests[index] = digests[other]
            let entry = entries[other]
            (members[index].mode, members[index].size, members[index].time) = (entry.mode, entry.size, entry.time)
        default: throw ForeignMembers.refusal(header.name, "it was a file in the pod's list")
        }
    }

    private mutating func write(
        _ header: ArchiveStream.Header, at path: [UInt8], _ archive: inout ArchiveStream
    ) throws -> ContentDigest {
        try ForeignMembers.checkMode(header.mode, of: header.name)
        let (folder, name) = try folder(of: path, named: header.name)
        let file = try folder.create(name)
        defer { close(file) }
        return try write(header, to: file, &archive)
    }

    /// - Returns: the index of the file that it is another name of.
    private mutating func makeHardLink(
        _ header: ArchiveStream.Header, to target: [UInt8], at path: [UInt8]
    ) throws -> Int {
        let parts = try ArchiveStream.Header.parts(of: target)
        let other = [UInt8](parts.joined(separator: [UInt8(ascii: "/")]))
        guard let index = members.index(of: other), entries[index].kind == .file, digests[index] != nil,
            header.size == 0
        else { throw ForeignMembers.refusal(header.name, "a hard link to what isn't a file of this copy") }
        let (from, name) = try folder(of: other, named: header.name)
        let (folder, own) = try folder(of: path, named: header.name)
        try folder.hardLink(own, to: name, in: from)
        return index
    }

    private func write(
        _ header: ArchiveStream.Header, to file: Int32, _ archive: inout ArchiveStream
    ) throws -> ContentDigest {
        var hash = SHA256()
        var total = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(4096, min(header.size, 256 << 10)), alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try archive.read(into: buffer)
            if count == 0 { break }
            total += count
            guard total <= header.size else {
                throw ForeignMembers.refusal(header.name, "more bytes than it announced")
            }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(bufferPointer: piece)
            try FolderHandle.write(piece, to: file, named: header.name)
        }
        guard total == header.size else {
            throw ForeignMembers.refusal(header.name, "expected \(header.size) bytes, found \(total)")
        }
        try FolderHandle.set(header.mode & 0o777, time: header.time, of: file, named: header.name)
        return ContentDigest(hash.finalize())
    }

    /// The folder that a member lies in, which must have come before, and the member's name there.
    private mutating func folder(
        of path: [UInt8], named name: [UInt8]
    ) throws(OperationError) -> (FolderHandle, ArraySlice<UInt8>) {
        guard !path.isEmpty else { return (stage, Extraction.top[...]) }
        let above = path.above
        let own = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path[...]
        if let parent, parent.path == above { return (parent.folder, own) }
        guard let index = members.index(of: above), entries[index].kind == .folder,
            let folder = stage.folder(at: [Extraction.top[...]] + above.split(separator: UInt8(ascii: "/")))
        else { throw ForeignMembers.refusal(name, "its folder did not come before it") }
        parent = (above, folder)
        return (folder, own)
    }

    private mutating func makeLink(_ index: Int) throws(OperationError) {
        let entry = entries[index]
        let (folder, name) = try folder(of: entry.path, named: entry.path)
        try folder.link(name, to: entry.target)
        try folder.setTime(entry.time, of: name)
    }

    /// Modes and times of folders, innermost first; their owner can use them until they are in place.
    private mutating func finishFolders() throws(OperationError) {
        for entry in entries.reversed() where entry.kind == .folder {
            let (folder, name) = try folder(of: entry.path, named: entry.path)
            try folder.setTime(entry.time, of: name)
            try folder.setMode(entry.mode | 0o700, of: name)
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
