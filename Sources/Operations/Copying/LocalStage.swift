internal import Glibc

/// A folder beside a local target where a download grows until it is whole; then it is put in place by renames.
///
/// Its name says which download it is of and who works on it: `.sds-copy-HOST-IDENTITY-PROCESS-NUMBER`, process 0 for
/// one that was left. The next run of the same download takes over what a dead one left.
final class LocalStage: Sendable {
    /// Seconds that a stage is left for its own download.
    private static let keeping = 86_400

    let folder: FolderHandle
    /// Whether a download that was cut short has left something in it.
    let isTakenOver: Bool
    /// The folder or file that is in the copy's place; nil for a target that doesn't exist.
    let existing: FolderHandle?
    let base: FolderHandle
    let last: [UInt8]
    private let name: [UInt8]
    private let prefix: [UInt8]
    private let target: String

    /// Whether a file is where the copy shall be.
    var isFileThere: Bool { existing == nil && base.type(of: last[...]) == S_IFREG }

    /// - Parameters:
    ///   - target: what the copy shall be called; the folder above it is made if need be.
    ///   - origin: what is copied, from where.
    init(for target: String, of origin: String) throws(OperationError) {
        self.target = target
        var status = stat()
        // The operator's own link to a folder is followed, as everywhere.
        let isFolder = stat(target, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        let above = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
        last = Array(CopyPath.name(of: target)?.utf8 ?? "".utf8)
        if isFolder {
            let handle = try FolderHandle.open(target)
            existing = handle
            base = handle
        } else {
            guard !last.isEmpty else { throw OperationError(.usage, "\(target.printable) can't be written to") }
            try LocalStage.make(above)
            existing = nil
            base = try FolderHandle.open(above)
        }
        var host = [UInt8](repeating: 0, count: 256)
        host.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                if let start = text.baseAddress { gethostname(start, text.count - 1) }
            }
        }
        let all = Array(".sds-copy-".utf8) + host.prefix { $0 != 0 } + Array("-".utf8)
        // A target that came into being since then is another: its stage lies elsewhere.
        let identity = ContentDigest(of: Array("\(origin)\u{0}".utf8) + (isFolder ? [] : last)).description.prefix(16)
        prefix = all + Array("\(identity)-".utf8)
        name = prefix + Array("\(getpid())-\(UInt32.random(in: .min ... .max))".utf8)
        isTakenOver = LocalStage.takeOver(base, all, String(identity), as: name)
        if !isTakenOver { try base.make(name[...]) }
        guard let stage = base.folder(name[...]) else {
            throw OperationError(.failed, "the stage beside \(target.printable) is gone")
        }
        folder = stage
    }

    /// Gives a dead download's stage the new name, and takes away what nobody will go on with.
    private static func takeOver(
        _ base: FolderHandle, _ prefix: [UInt8], _ identity: String, as new: [UInt8]
    ) -> Bool {
        var isTaken = false
        for name in base.names() where name.starts(with: prefix) {
            let parts = String(decoding: name.dropFirst(prefix.count), as: UTF8.self).split(separator: "-")
            // Of earlier versions, which left nothing to go on with: the process and a number.
            guard (2...3).contains(parts.count), let process = Int32(parts[parts.count - 2]), process >= 0,
                process == 0 || (kill(process, 0) != 0 && errno == ESRCH)
            else { continue }
            if parts.count == 3, parts[0] == identity {
                if !isTaken, renameat(base.descriptor, text(name), base.descriptor, text(new)) == 0 {
                    isTaken = true
                    continue
                }
            } else if parts.count == 3, let changed = base.status(of: name[...])?.st_ctim.tv_sec,
                time(nil) - changed < keeping
            {
                continue
            }
            base.remove(name[...])
        }
        return isTaken
    }

    private static func text(_ name: [UInt8]) -> [CChar] { name.map { CChar(bitPattern: $0) } + [0] }

    /// Leaves what has come to the next run of the same download, if that is worth it.
    func leave() {
        guard LocalStage.holdsBytes(folder, Extraction.top) else { return remove() }
        let left = prefix + Array("0-\(UInt32.random(in: .min ... .max))".utf8)
        if renameat(base.descriptor, LocalStage.text(name), base.descriptor, LocalStage.text(left)) != 0 { remove() }
    }

    private static func holdsBytes(_ folder: FolderHandle, _ name: [UInt8]) -> Bool {
        guard let status = folder.status(of: name[...]) else { return false }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return status.st_mode & S_IFMT == S_IFREG && status.st_size > 0
        }
        guard let inner = folder.folder(name[...]) else { return false }
        return inner.names().contains { holdsBytes(inner, $0) }
    }

    /// Begins anew.
    func clear() { folder.remove(Extraction.top[...]) }

    private static func make(_ path: String) throws(OperationError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o777) == 0 || errno == EEXIST || errno == EISDIR else {
                throw OperationError(.failed, "\(made.printable): \(String(cString: strerror(errno)))")
            }
        }
    }

    func remove() {
        base.remove(name[...])
    }

    /// Everything is whole: refuses what can't be, then renames.
    ///
    /// - Parameter kept: indices of files that are as they shall be already, in place.
    /// - Returns: whether anything is other than it was.
    @discardableResult
    func commit(_ entries: [CopiedEntry], keeping kept: Set<Int> = []) throws(OperationError) -> Bool {
        let top = Extraction.top[...]
        guard let first = entries.first else { return false }
        try check(entries)
        if let existing {
            guard let new = folder.folder(top) else {
                throw OperationError(.failed, "the stage beside \(target.printable) is gone")
            }
            var isChanged = try merge(new, into: existing)
            for index in kept.sorted() where try correct(entries[index], in: existing) { isChanged = true }
            return try restrict(entries.dropFirst(), in: existing) || isChanged
        }
        if kept.contains(0) { return try base.correct(last[...], first.mode, first.time) }
        try folder.move(top, to: base, as: last[...])
        guard first.kind == .folder, let placed = base.folder(last[...]) else { return true }
        _ = try restrict(entries.dropFirst(), in: placed)
        if first.mode & 0o700 != 0o700 { try base.setMode(first.mode, of: last[...]) }
        return true
    }

    private func correct(_ entry: CopiedEntry, in top: FolderHandle) throws(OperationError) -> Bool {
        let parts = entry.path.split(separator: UInt8(ascii: "/"))
        guard let folder = top.folder(at: parts.dropLast()) else { throw throughLink(entry.path.asName) }
        return try folder.correct(parts[parts.count - 1], entry.mode, entry.time)
    }

    private func throughLink(_ path: String) -> OperationError {
        OperationError(
            .failed, "\(path.printable) is a link here: nothing is written through it",
            hint: "take the link away, or name what it points to")
    }

    /// - Throws: `OperationError` that names what is in the way.
    func check(_ entries: [CopiedEntry]) throws(OperationError) {
        guard let first = entries.first else { return }
        guard let existing else {
            let type = base.type(of: last[...])
            guard type == nil || (first.kind == .file && (type == S_IFREG || type == S_IFLNK)) else {
                let word = first.kind == .file ? "file" : "folder"
                throw OperationError(.failed, "\(target.printable) is there already and is no \(word)")
            }
            guard type != S_IFLNK else { throw throughLink(target) }
            return
        }
        guard first.kind == .folder else {
            throw OperationError(.failed, "\(target.printable) is a folder, the pod's is a file")
        }
        var absent: [UInt8]?
        for entry in entries.dropFirst() {
            // Below a folder that isn't there nothing is in the way.
            if let absent, entry.path.starts(with: absent) { continue }
            let parts = entry.path.split(separator: UInt8(ascii: "/"))
            guard let folder = existing.folder(at: parts.dropLast()) else { continue }
            let type = folder.type(of: parts[parts.count - 1])
            if entry.kind == .folder {
                if type == nil { absent = entry.path + [UInt8(ascii: "/")] }
                guard type != S_IFLNK else { throw throughLink("\(target)/\(entry.path.asName)") }
                guard type == nil || type == S_IFDIR else {
                    throw OperationError(
                        .failed, "\(target)/\(entry.path.asName) is no folder here, it is one in the pod".printable,
                        hint: "nothing was changed")
                }
            } else if type == S_IFDIR {
                throw OperationError(
                    .failed, "\(target)/\(entry.path.asName) is a folder here, none in the pod".printable,
                    hint: "nothing was changed")
            }
        }
    }

    private func merge(_ new: FolderHandle, into old: FolderHandle) throws(OperationError) -> Bool {
        var isChanged = false
        for name in new.names() {
            if new.type(of: name[...]) == S_IFDIR, old.type(of: name[...]) != nil {
                guard let inner = new.folder(name[...]), let outer = old.folder(name[...]) else {
                    throw throughLink(name.asName)
                }
                if try merge(inner, into: outer) { isChanged = true }
            } else {
                try new.move(name[...], to: old, as: name[...])
                isChanged = true
            }
        }
        return isChanged
    }

    /// Folders that their owner may not use get their modes last.
    private func restrict(_ entries: ArraySlice<CopiedEntry>, in top: FolderHandle) throws(OperationError) -> Bool {
        var isChanged = false
        for entry in entries.reversed() where entry.kind == .folder {
            let parts = entry.path.split(separator: UInt8(ascii: "/"))
            guard let folder = top.folder(at: parts.dropLast()), let status = folder.status(of: parts[parts.count - 1]),
                status.st_mode & 0o7777 != mode_t(entry.mode)
            else { continue }
            try folder.setMode(entry.mode, of: parts[parts.count - 1])
            isChanged = true
        }
        return isChanged
    }
}
