internal import Crypto
internal import Glibc

/// What this machine holds of what a pod has listed: in the stage of a download that was cut short, or in place.
struct HeldFiles: Sendable {
    /// Files of the stage that may be whole: the size is right.
    private(set) var staged: [Int: ContentDigest] = [:]
    /// The beginnings of files, in the stage, and how long they are.
    private(set) var begun: [Int: Int] = [:]
    /// Files in place that have the right size.
    private(set) var placed: [Int: ContentDigest] = [:]
    /// Links in place that are right.
    private(set) var links: Set<Int> = []

    /// Shorter beginnings of files are not worth a question: bytes.
    private static let worth = 1 << 20

    /// Reads what may be the same, and takes away from the stage all that the pod doesn't list.
    init(of members: ForeignMembers, in stage: LocalStage) throws(OperationError) {
        let top = Extraction.top[...]
        guard let first = members.entries.first else { return }
        if first.kind == .file {
            look(at: 0, first, top, in: stage.folder)
            if stage.isFileThere { placed[0] = HeldFiles.digest(first, stage.last[...], in: stage.base) }
            return
        }
        if stage.folder.type(of: top).map({ $0 != S_IFDIR }) ?? false { stage.clear() }
        if let new = stage.folder.folder(top) { prune(new, [], members) }
        if let existing = stage.existing { compare(members.entries, existing) }
    }

    private mutating func look(
        at index: Int, _ entry: CopiedEntry, _ name: ArraySlice<UInt8>, in folder: FolderHandle
    ) {
        if let status = folder.status(of: name), status.st_mode & S_IFMT == S_IFREG {
            let size = Int(status.st_size)
            if size == entry.size, let digest = HeldFiles.digest(entry, name, in: folder) {
                staged[index] = digest
                return
            }
            if size >= HeldFiles.worth, size < entry.size {
                begun[index] = size
                return
            }
        }
        folder.remove(name)
    }

    private mutating func prune(_ folder: FolderHandle, _ path: [UInt8], _ members: ForeignMembers) {
        for name in folder.names() {
            let own = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
            guard let index = members.index(of: own) else {
                folder.remove(name[...])
                continue
            }
            switch members[index].kind {
            case .folder:
                if folder.type(of: name[...]) == S_IFDIR, let inner = folder.folder(name[...]) {
                    prune(inner, own, members)
                } else {
                    folder.remove(name[...])
                }
            case .file: look(at: index, members[index], name[...], in: folder)
            case .link: folder.remove(name[...])
            }
        }
    }

    private mutating func compare(_ entries: [CopiedEntry], _ existing: FolderHandle) {
        var parent: (path: [UInt8], folder: FolderHandle?)?
        for (index, entry) in entries.enumerated().dropFirst() where entry.kind != .folder && staged[index] == nil {
            let above = entry.path.above
            if parent?.path != above {
                parent = (above, existing.folder(at: above.split(separator: UInt8(ascii: "/"))))
            }
            guard let folder = parent?.folder else { continue }
            let name = entry.path.dropFirst(above.isEmpty ? 0 : above.count + 1)
            if entry.kind == .link {
                if folder.target(of: name) == entry.target { links.insert(index) }
            } else {
                placed[index] = HeldFiles.digest(entry, name, in: folder)
            }
        }
    }

    /// Nil for what isn't a file of this size that can become the entry without touching anything else.
    private static func digest(
        _ entry: CopiedEntry, _ name: ArraySlice<UInt8>, in folder: FolderHandle
    ) -> ContentDigest? {
        guard let file = folder.file(name) else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, Int(status.st_size) == entry.size else { return nil }
        // Another name of the file, outside, would get mode and time too.
        let isRight = status.st_mode & 0o7777 == mode_t(entry.mode) && status.st_mtim.tv_sec == entry.time
        guard isRight || status.st_nlink == 1 else { return nil }
        var hash = SHA256()
        return read(file, count: entry.size, into: &hash) ? ContentDigest(hash.finalize()) : nil
    }

    /// Takes in a file's next bytes; false when there are fewer.
    static func read(_ file: Int32, count: Int, into hash: inout SHA256) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, min(count, 256 << 10)), alignment: 16)
        defer { buffer.deallocate() }
        var left = count
        while left > 0 {
            let got = Glibc.read(file, buffer.baseAddress, min(left, buffer.count))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return false }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<got]))
            left -= got
        }
        return true
    }
}
