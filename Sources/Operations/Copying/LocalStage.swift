internal import Glibc

/// A folder beside a local target where a download grows until it is whole; then it is put in place by renames.
final class LocalStage {
    let folder: FolderHandle
    private let base: FolderHandle
    private let name: [UInt8]
    private let target: String
    /// Nil for a target that doesn't exist.
    private let existing: FolderHandle?
    private let last: [UInt8]

    /// - Parameter target: what the copy shall be called; the folder above it is made if need be.
    init(for target: String) throws(OperationError) {
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
        let prefix = Array(".sds-copy-".utf8) + host.prefix { $0 != 0 } + Array("-".utf8)
        LocalStage.sweep(base, prefix)
        name = prefix + Array("\(getpid())-\(UInt32.random(in: .min ... .max))".utf8)
        try base.make(name[...])
        guard let stage = base.folder(name[...]) else {
            throw OperationError(.failed, "the stage beside \(target.printable) is gone")
        }
        folder = stage
    }

    /// Takes away what a copy on this machine left that was killed.
    private static func sweep(_ base: FolderHandle, _ prefix: [UInt8]) {
        for name in base.names() where name.starts(with: prefix) {
            let number = String(
                decoding: name.dropFirst(prefix.count).prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self)
            guard let process = Int32(number), process > 0, kill(process, 0) != 0, errno == ESRCH else { continue }
            base.remove(name[...])
        }
    }

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
    func commit(_ entries: [CopiedEntry]) throws(OperationError) {
        let top = Extraction.top[...]
        guard let first = entries.first else { return }
        if let existing {
            guard first.kind == .folder, let new = folder.folder(top) else {
                throw OperationError(.failed, "\(target.printable) is a folder, the pod's is a file")
            }
            try check(entries, existing)
            try merge(new, into: existing)
            try restrict(entries.dropFirst(), in: existing)
        } else {
            let type = base.type(of: last[...])
            guard type == nil || (first.kind == .file && (type == S_IFREG || type == S_IFLNK)) else {
                throw OperationError(
                    .failed, "\(target.printable) is there already and is no \(first.kind == .file ? "file" : "folder")"
                )
            }
            guard type != S_IFLNK else { throw throughLink(target) }
            try folder.move(top, to: base, as: last[...])
            guard first.kind == .folder, let placed = base.folder(last[...]) else { return }
            try restrict(entries.dropFirst(), in: placed)
            if first.mode & 0o700 != 0o700 { try base.setMode(first.mode, of: last[...]) }
        }
    }

    private func throughLink(_ path: String) -> OperationError {
        OperationError(
            .failed, "\(path.printable) is a link here: nothing is written through it",
            hint: "take the link away, or name what it points to")
    }

    private func check(_ entries: [CopiedEntry], _ existing: FolderHandle) throws(OperationError) {
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

    private func merge(_ new: FolderHandle, into old: FolderHandle) throws(OperationError) {
        for name in new.names() {
            if new.type(of: name[...]) == S_IFDIR, old.type(of: name[...]) != nil {
                guard let inner = new.folder(name[...]), let outer = old.folder(name[...]) else {
                    throw throughLink(name.asName)
                }
                try merge(inner, into: outer)
            } else {
                try new.move(name[...], to: old, as: name[...])
            }
        }
    }

    /// Folders that their owner may not use get their modes last.
    private func restrict(_ entries: ArraySlice<CopiedEntry>, in top: FolderHandle) throws(OperationError) {
        for entry in entries.reversed() where entry.kind == .folder {
            let parts = entry.path.split(separator: UInt8(ascii: "/"))
            guard let folder = top.folder(at: parts.dropLast()) else { continue }
            try folder.setMode(entry.mode, of: parts[parts.count - 1])
        }
    }
}
