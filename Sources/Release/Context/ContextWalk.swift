internal import Crypto
internal import Glibc

/// Packs one member of a context: a file, or a folder with all below it that isn't ignored.
struct ContextWalk {
    private typealias Part = IgnorePattern.Part

    let member: ContextMember
    /// The member on disk, without links.
    let root: String
    private let sink: ContextSink
    private let rules: IgnoreRules
    /// From the folder whose rules count down to the member.
    private let above: [[UInt8]]
    let refusesSecrets: Bool
    /// What was found, when the member is surveyed.
    private let found: Findings?

    private final class Findings {
        var entries: [TreeEntry] = []
    }

    /// Nil for an optional member that isn't there.
    init?(
        _ member: ContextMember, at path: String, _ sink: ContextSink, refusesSecrets: Bool = true
    ) throws(ReleaseError) {
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
        self.refusesSecrets = refusesSecrets
        found = member.surveyedAs == nil ? nil : Findings()
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

    /// The member as a release's tree.
    var surveyed: SurveyedTree {
        SurveyedTree(
            name: member.destination.split(separator: "/").last.map(String.init) ?? "",
            destination: member.surveyedAs ?? "", root: root, entries: found?.entries ?? [])
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
            found?.entries.append(TreeEntry(path: relative, content: .directory, mode: 0o755))
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
            let target = try target(of: name, in: folder, relative)
            found?.entries.append(TreeEntry(path: relative, content: .link(target: target), mode: 0o777))
            try sink.addLink("\(member.destination)/\(relative)", to: target)
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
        var hash = found == nil ? nil : SHA256()
        while rest > 0 {
            let count = read(descriptor, block.baseAddress, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw ContextWalk.failure(path(relative)) }
            guard count > 0, count <= rest else { throw changed(relative) }
            // With the end of the block before: a key may begin there.
            let end = SecretRules.longestMark + count
            let scanned = UnsafeRawBufferPointer(rebasing: sink.buffer[(SecretRules.longestMark - seen)..<end])
            if refusesSecrets, SecretRules.holdsPrivateKey(scanned), !member.harmless.contains(relative) {
                throw secret("it holds a private key", relative)
            }
            hash?.update(bufferPointer: UnsafeRawBufferPointer(rebasing: block[..<count]))
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
        if let found, let hash {
            found.entries.append(
                TreeEntry(
                    path: relative, content: .elsewhere(size: size, digest: Digest(hash.finalize())),
                    mode: before.st_mode & 0o111 == 0 ? 0o644 : 0o755))
        }
    }
}
