internal import Glibc

/// Packs one member of a context: a file, or a folder with all below it that isn't ignored.
struct ContextWalk {
    private typealias Part = IgnorePattern.Part

    private let member: ContextMember
    /// The member on disk, without links.
    private let root: String
    private let sink: ContextSink
    private let rules: IgnoreRules
    /// From the folder whose rules count down to the member.
    private let above: [[UInt8]]

    /// Nil for an optional member that isn't there.
    init?(_ member: ContextMember, at path: String, _ sink: ContextSink) throws(ReleaseError) {
        guard let real = realpath(path, nil) else {
            let code = errno
            if member.isOptional && code == ENOENT { return nil }
            throw ReleaseError(
                kind: code == ENOENT ? .missing : .unreadable, path: path,
                message: code == ENOENT ? "no such file or folder" : String(cString: strerror(code)),
                hint: "\(member.purpose) is expected there")
        }
        defer { free(real) }
        self.member = member
        self.sink = sink
        root = String(cString: real)
        let ignoreRoot = member.ignoreRoot ?? path
        rules = try ContextWalk.rules(of: ignoreRoot)
        above =
            path.hasPrefix(ignoreRoot + "/")
            ? path.dropFirst(ignoreRoot.count + 1).split(separator: "/").map { Array($0.utf8) } : []
    }

    func run() throws(ReleaseError) {
        var status = stat()
        guard stat(root, &status) == 0 else { throw ContextWalk.failure(root) }
        let standing = above.indices.reduce(rules.root) { rules.standing(of: Array(above[...$1]), in: $0) }
        guard !standing.isIgnored else { return }
        try sink.addParents(of: member.destination)
        if status.st_mode & S_IFMT == S_IFDIR {
            let folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard folder >= 0 else { throw ContextWalk.failure(root) }
            try sink.addFolder(member.destination)
            try visit(folder, "", parts: above, standing)
        } else {
            let name = String(root.split(separator: "/").last ?? "")
            try refuseSecret(name, isFolder: false, "")
            try addFile(AT_FDCWD, root, "")
        }
    }

    /// - Parameter descriptor: of the folder; it is closed.
    private func visit(
        _ descriptor: Int32, _ folder: String, parts: [Part], _ standing: IgnoreRules.Standing
    ) throws(ReleaseError) {
        guard let directory = fdopendir(descriptor) else {
            close(descriptor)
            throw ContextWalk.failure(path(folder))
        }
        defer { closedir(directory) }
        var parts = parts + [[]]
        for (name, type) in try entries(of: directory, folder) {
            let bytes = Array(name.utf8)
            let relative = folder.isEmpty ? name : "\(folder)/\(name)"
            guard !TreeReader.isExcluded(name), !member.leavingOut.contains(relative) else { continue }
            parts[parts.count - 1] = bytes
            let kind = try self.kind(of: name, type, in: descriptor, relative)
            guard kind == S_IFDIR else {
                if !rules.isEmpty, rules.ignores(parts, in: standing) { continue }
                try add(name, kind, relative, in: descriptor)
                continue
            }
            let own = rules.standing(of: parts, in: standing)
            if own.isIgnored && !rules.mayTakeIn(below: parts) { continue }
            try refuseSecret(name, isFolder: true, relative)
            let subfolder = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard subfolder >= 0 else { throw ContextWalk.failure(path(relative)) }
            try sink.addFolder("\(member.destination)/\(relative)")
            try visit(subfolder, relative, parts: parts, own)
        }
    }

    private func add(
        _ name: String, _ kind: mode_t, _ relative: String, in folder: Int32
    ) throws(ReleaseError) {
        switch kind {
        case S_IFREG:
            try refuseSecret(name, isFolder: false, relative)
            try addFile(folder, name, relative)
        case S_IFLNK:
            try sink.addLink("\(member.destination)/\(relative)", to: try target(of: name, in: folder, relative))
        default:
            throw ReleaseError(
                kind: .unsupportedFile, path: path(relative), message: "neither a file, a folder nor a link",
                hint: "take it out of the folder, or name it in a .containerignore")
        }
    }

    private func addFile(_ folder: Int32, _ name: String, _ relative: String) throws(ReleaseError) {
        let descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw ContextWalk.failure(path(relative)) }
        defer { close(descriptor) }
        var before = stat()
        guard fstat(descriptor, &before) == 0 else { throw ContextWalk.failure(path(relative)) }
        let size = Int(before.st_size)
        try sink.beginFile(
            relative.isEmpty ? member.destination : "\(member.destination)/\(relative)", size: size,
            isExecutable: before.st_mode & 0o111 != 0)
        let block = UnsafeMutableRawBufferPointer(rebasing: sink.buffer[SecretRules.longestMark...])
        var (rest, seen) = (size, 0)
        while rest > 0 {
            let count = read(descriptor, block.baseAddress, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw ContextWalk.failure(path(relative)) }
            guard count > 0, count <= rest else { throw changed(relative) }
            // With the end of the block before: a key may begin there.
            let end = SecretRules.longestMark + count
            let scanned = UnsafeRawBufferPointer(rebasing: sink.buffer[(SecretRules.longestMark - seen)..<end])
            if SecretRules.holdsPrivateKey(scanned) && !member.harmless.contains(relative) {
                throw secret("it holds a private key", relative)
            }
            try sink.write(UnsafeRawBufferPointer(rebasing: block[..<count]))
            rest -= count
            seen = min(count, SecretRules.longestMark)
            sink.buffer[(SecretRules.longestMark - seen)..<SecretRules.longestMark]
                .copyBytes(from: sink.buffer[(end - seen)..<end])
        }
        var after = stat()
        guard fstat(descriptor, &after) == 0 else { throw ContextWalk.failure(path(relative)) }
        guard after.st_size == before.st_size, after.st_mtim.tv_sec == before.st_mtim.tv_sec,
            after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else { throw changed(relative) }
    }

    // MARK: - Names, kinds, links

    private func entries(
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

    private func kind(
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

    private func target(of name: String, in folder: Int32, _ relative: String) throws(ReleaseError) -> String {
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

    private func refuseSecret(_ name: String, isFolder: Bool, _ relative: String) throws(ReleaseError) {
        guard let reason = SecretRules.reason(name: name, isFolder: isFolder), !member.harmless.contains(relative)
        else { return }
        throw secret("by its name \(reason)", relative)
    }

    private func secret(_ message: String, _ relative: String) -> ReleaseError {
        ReleaseError(
            kind: .secret, path: path(relative), message: "\(message): no secret goes into an image",
            hint: "move it out of the folder or name it in a .containerignore; if it is none, list it under `harmless` "
                + "in the image's declaration")
    }

    private func changed(_ relative: String) -> ReleaseError {
        ReleaseError(
            kind: .changedWhileRead, path: path(relative), message: "the file changed while it was read",
            hint: "run it again")
    }

    private func path(_ relative: String) -> String { relative.isEmpty ? root : "\(root)/\(relative)" }

    private static func failure(_ path: String) -> ReleaseError {
        let code = errno
        return ReleaseError(
            kind: code == ENOENT ? .missing : .unreadable, path: path, message: String(cString: strerror(code)))
    }

    private static func rules(of folder: String) throws(ReleaseError) -> IgnoreRules {
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
