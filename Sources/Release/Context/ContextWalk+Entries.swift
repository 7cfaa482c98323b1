internal import Glibc

/// Names, kinds and links of what a walk finds, and what it refuses.
extension ContextWalk {
    func entries(
        of directory: OpaquePointer, _ folder: String
    ) throws(ReleaseError) -> [(name: String, type: UInt8)] {
        var entries: [(name: String, type: UInt8)] = []
        errno = 0
        while let entry = readdir(directory) {
            let length = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { strnlen($0, 256) }
            }
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix(length), as: UTF8.self)
                    ?? "\0" + String(decoding: bytes.prefix(length), as: UTF8.self)
            }
            guard !name.hasPrefix("\0") else {
                throw ReleaseError(
                    kind: .unsupportedName, path: path(folder.isEmpty ? "" : folder) + "/" + name.dropFirst(),
                    message: "the name is not UTF-8", hint: "rename the file, or keep it out of the folder")
            }
            if name != "." && name != ".." { entries.append((name, entry.pointee.d_type)) }
            errno = 0
        }
        guard errno == 0 else { throw ContextWalk.failure(path(folder)) }
        entries.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return entries
    }

    func kind(
        of name: String, _ type: UInt8, in folder: Int32, _ relative: String
    ) throws(ReleaseError) -> mode_t {
        switch Int(type) {
        case Int(DT_REG): return S_IFREG
        case Int(DT_DIR): return S_IFDIR
        case Int(DT_LNK): return S_IFLNK
        case Int(DT_UNKNOWN): break
        default: return 0
        }
        // Not every file system says it with the name.
        var status = stat()
        guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw ContextWalk.failure(path(relative))
        }
        return status.st_mode & S_IFMT
    }

    func target(of name: String, in folder: Int32, _ relative: String) throws(ReleaseError) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { chars in
                chars.baseAddress.map { readlinkat(folder, name, $0, chars.count) } ?? -1
            }
        }
        guard count >= 0 else { throw ContextWalk.failure(path(relative)) }
        guard let target = String(validating: buffer.prefix(count), as: UTF8.self) else {
            throw ReleaseError(
                kind: .unsupportedName, path: path(relative), message: "the link's target is not UTF-8",
                hint: "remake the link")
        }
        var depth = relative.split(separator: "/").count - 1
        var leaves = target.hasPrefix("/")
        for part in target.split(separator: "/") where part != "." {
            depth += part == ".." ? -1 : 1
            leaves = leaves || depth < 0
        }
        let real = realpath(path(relative), nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        // Also by way of another link.
        if let real, real != root, !real.hasPrefix(root + "/") { leaves = true }
        guard !leaves else {
            throw ReleaseError(
                kind: .escapingLink, path: path(relative), message: "the link leads out of the folder, to '\(target)'",
                hint: "copy what it points to into the folder, or name the link in a .containerignore")
        }
        guard real != nil else {
            throw ReleaseError(
                kind: .danglingLink, path: path(relative), message: "the link leads nowhere: there is no '\(target)'",
                hint: "remove the link, or name it in a .containerignore")
        }
        return target
    }

    // MARK: - Refusals

    func refuseSecret(_ name: String, isFolder: Bool, _ relative: String) throws(ReleaseError) {
        guard refusesSecrets, let reason = SecretRules.reason(name: name, isFolder: isFolder),
            !member.harmless.contains(relative)
        else { return }
        throw secret("by its name \(reason)", relative)
    }

    func secret(_ message: String, _ relative: String) -> ReleaseError {
        ReleaseError(
            kind: .secret, path: path(relative), message: "\(message): no secret goes into an image",
            hint: "move it out of the folder or name it in a .containerignore; if it is none, list it under `harmless` "
                + "in the image's declaration")
    }

    func changed(_ relative: String) -> ReleaseError {
        ReleaseError(
            kind: .changedWhileRead, path: path(relative), message: "the file changed while it was read",
            hint: "run it again")
    }

    func path(_ relative: String) -> String { relative.isEmpty ? root : "\(root)/\(relative)" }

    static func failure(_ path: String) -> ReleaseError {
        let code = errno
        return ReleaseError(
            kind: code == ENOENT ? .missing : .unreadable, path: path, message: String(cString: strerror(code)))
    }

    static func rules(of folder: String) throws(ReleaseError) -> IgnoreRules {
        for name in IgnoreRules.fileNames {
            let file = "\(folder)/\(name)"
            let descriptor = open(file, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                if errno == ENOENT || errno == ENOTDIR { continue }
                throw failure(file)
            }
            defer { close(descriptor) }
            var bytes: [UInt8] = []
            var block = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &block, block.count)
                guard count >= 0 else { throw failure(file) }
                if count == 0 { break }
                bytes += block.prefix(count)
            }
            return IgnoreRules(String(decoding: bytes, as: UTF8.self))
        }
        return .none
    }
}
