internal import Glibc

/// A file or folder of this machine that is to be copied: what is in it, in a fixed order.
package struct LocalSource: Sendable {
    /// Absolute, links resolved.
    package let root: String
    /// The name it was given by the operator.
    package let name: String?
    /// Folders before their members, members by the bytes of their names. The first is the file or folder itself.
    package let entries: [CopiedEntry]

    package var isFolder: Bool { entries.first?.kind == .folder }
    package var files: Int { entries.count { $0.kind == .file } }
    package var bytes: Int { entries.reduce(0) { $0 + $1.size } }

    /// - Throws: `OperationError` (usage) that names all that can't be copied (the first of them): what is missing,
    ///   unreadable, a pipe, socket or device, or carries a set-id bit.
    package static func read(_ path: String) throws(OperationError) -> LocalSource {
        guard let real = realpath(path, nil) else {
            throw OperationError(
                .usage, "\(path.printable): \(String(cString: strerror(errno)))", hint: "nothing was sent")
        }
        defer { free(real) }
        let root = String(cString: real)
        var reader = Reader(root: root)
        reader.visitTop()
        guard reader.problems.isEmpty else {
            let more = reader.problemCount - reader.problems.count
            throw OperationError(
                .usage, "\(path.printable) can't be copied as it is",
                causes: reader.problems + (more > 0 ? ["and \(more) more"] : []),
                hint: "take them out or put them right; nothing was sent")
        }
        return LocalSource(
            root: root, name: CopyPath.name(of: path) ?? CopyPath.name(of: root), entries: reader.entries)
    }

    /// By bytes.
    static func isBefore(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let order = memcmp(left, right, min(left.count, right.count))
        return order == 0 ? left.count < right.count : order < 0
    }

    /// The place of an entry on disk.
    static func location(_ root: String, _ path: [UInt8]) -> [CChar] {
        var bytes = Array(root.utf8)
        if !path.isEmpty {
            bytes.append(UInt8(ascii: "/"))
            bytes += path
        }
        return (bytes + [0]).map { CChar(bitPattern: $0) }
    }
}

private struct Reader {
    private static let mostProblems = 20

    let root: String
    var entries: [CopiedEntry] = []
    var problems: [String] = []
    var problemCount = 0

    init(root: String) {
        self.root = root
    }

    mutating func visitTop() {
        var status = stat()
        guard lstat(root, &status) == 0 else { return refuse([], code: errno) }
        add([], status, AT_FDCWD, Array(root.utf8CString))
        if status.st_mode & S_IFMT == S_IFDIR { visit([], AT_FDCWD, Array(root.utf8CString)) }
    }

    private mutating func visit(_ folder: [UInt8], _ parent: Int32, _ name: [CChar]) {
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0, let directory = fdopendir(descriptor) else {
            let code = errno
            if descriptor >= 0 { close(descriptor) }
            return refuse(folder, code: code)
        }
        defer { closedir(directory) }
        var names: [[UInt8]] = []
        errno = 0
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                [UInt8](bytes[..<(bytes.firstIndex(of: 0) ?? bytes.count)])
            }
            if name != [0x2e] && name != [0x2e, 0x2e] { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { return refuse(folder, code: errno) }
        names.sort(by: LocalSource.isBefore)
        for name in names {
            let path = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
            let text = (name + [0]).map { CChar(bitPattern: $0) }
            var status = stat()
            guard fstatat(descriptor, text, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                refuse(path, code: errno)
                continue
            }
            add(path, status, descriptor, text)
            if status.st_mode & S_IFMT == S_IFDIR { visit(path, descriptor, text) }
        }
    }

    private mutating func add(_ path: [UInt8], _ status: stat, _ parent: Int32, _ name: [CChar]) {
        var entry = CopiedEntry(path: path, kind: .file, mode: UInt16(status.st_mode & 0o777))
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            guard status.st_mode & 0o6000 == 0 else {
                return refuse(path, "it has a set-user-id or set-group-id bit")
            }
            guard faccessat(parent, name, R_OK, AT_EACCESS) == 0 else { return refuse(path, code: errno) }
            entry.size = Int(status.st_size)
            entry.time = status.st_mtim.tv_sec
        case S_IFDIR:
            entry.kind = .folder
            entry.time = status.st_mtim.tv_sec
        case S_IFLNK:
            entry.kind = .link
            entry.mode = 0o777
            var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = buffer.withUnsafeMutableBytes { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    text.baseAddress.map { readlinkat(parent, name, $0, text.count) } ?? -1
                }
            }
            guard count > 0 else { return refuse(path, code: errno) }
            entry.target = Array(buffer.prefix(count))
        case S_IFIFO: return refuse(path, "a pipe can't be copied")
        case S_IFSOCK: return refuse(path, "a socket can't be copied")
        default: return refuse(path, "a device can't be copied")
        }
        entry.stamp = CopiedEntry.Stamp(status)
        entries.append(entry)
    }

    private mutating func refuse(_ path: [UInt8], code: Int32) {
        refuse(path, String(cString: strerror(code)))
    }

    private mutating func refuse(_ path: [UInt8], _ reason: String) {
        problemCount += 1
        guard problems.count < Reader.mostProblems else { return }
        let place = path.isEmpty ? root : "\(root)/\(String(decoding: path, as: UTF8.self))"
        problems.append("\(place.printable): \(reason)")
    }
}

extension CopiedEntry.Stamp {
    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
    }
}
