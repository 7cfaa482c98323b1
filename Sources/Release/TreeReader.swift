internal import Glibc

/// Reads a checkout's tree from disk: everything but version control's own files and Python's bytecode.
package struct TreeReader {
    /// Folders and files that never belong to a release.
    private static let excludedNames: Set<String> = [
        ".git", ".hg", ".svn", ".bzr", "CVS", "__pycache__", ".DS_Store", "node_modules", ".eggs",
    ]
    private static let excludedSuffixes = [".pyc", ".pyo", ".swp", "~", ".egg-info"]

    private let root: String
    /// Paths relative to the root that stay out with everything below them.
    private let leavesOut: Set<String>
    /// Bytes of all files together before the reading stops.
    private let limit: Int
    private var total = 0
    private var entries: [TreeEntry] = []

    /// - Throws: `ReleaseError` naming the file that is missing, unreadable, of a kind that can't be shipped,
    ///   changed while it was read, or a link that leads out of the tree.
    package static func read(
        name: String, at root: String, destination: String, leavingOut: Set<String> = [], limit: Int = 512 << 20
    ) throws(ReleaseError) -> Tree {
        guard let real = realpath(root, nil) else {
            throw ReleaseError(
                kind: .missing, path: root, message: "no such folder",
                hint: "the code of '\(name)' is expected there; check it out, or name the checkout with OPS_HOME")
        }
        defer { free(real) }
        var reader = TreeReader(root: String(cString: real), leavingOut: leavingOut, limit: limit)
        try reader.visit("")
        return Tree(name: name, destination: destination, entries: reader.entries)
    }

    private init(root: String, leavingOut: Set<String>, limit: Int) {
        self.root = root
        leavesOut = leavingOut
        self.limit = limit
    }

    private mutating func visit(_ folder: String) throws(ReleaseError) {
        let path = folder.isEmpty ? root : "\(root)/\(folder)"
        for name in try names(in: path).sorted() where !TreeReader.isExcluded(name) {
            let member = folder.isEmpty ? name : "\(folder)/\(name)"
            if !leavesOut.contains(member) { try add(member, at: "\(path)/\(name)") }
        }
    }

    private mutating func add(_ member: String, at path: String) throws(ReleaseError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw TreeReader.failure(path) }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            let mode: UInt16 = status.st_mode & 0o111 == 0 ? 0o644 : 0o755
            entries.append(TreeEntry(path: member, content: .file(try counted(path, status)), mode: mode))
        case S_IFDIR:
            entries.append(TreeEntry(path: member, content: .directory, mode: 0o755))
            try visit(member)
        case S_IFLNK:
            entries.append(
                TreeEntry(path: member, content: .link(target: try linkTarget(member, at: path)), mode: 0o777))
        default:
            throw ReleaseError(
                kind: .unsupportedFile, path: path, message: "neither a file, a folder nor a link",
                hint: "take it out of the tree: a pipe, socket or device can't be shipped")
        }
    }

    static func isExcluded(_ name: String) -> Bool {
        TreeReader.excludedNames.contains(name) || TreeReader.excludedSuffixes.contains { name.hasSuffix($0) }
    }

    private func names(in path: String) throws(ReleaseError) -> [String] {
        guard let directory = opendir(path) else { throw TreeReader.failure(path) }
        defer { closedir(directory) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(directory) {
            let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw ReleaseError(
                    kind: .unsupportedName, path: "\(path)/\(String(decoding: bytes, as: UTF8.self))",
                    message: "the name is not UTF-8", hint: "rename the file")
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw TreeReader.failure(path) }
        return names
    }

    /// A regular file's bytes.
    static func contents(of path: String) throws(ReleaseError) -> [UInt8] {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw failure(path) }
        return try contents(of: path, status)
    }

    private mutating func counted(_ path: String, _ before: stat) throws(ReleaseError) -> [UInt8] {
        total += Int(before.st_size)
        guard total <= limit else {
            throw ReleaseError(
                kind: .tooLarge, path: root, message: "more than \(limit >> 20) MiB of files",
                hint: "take data out of the tree, or put the trees into the image with 'sds build IMAGE --bake'; "
                    + "it was being read at \(path)")
        }
        return try TreeReader.contents(of: path, before)
    }

    private static func contents(of path: String, _ before: stat) throws(ReleaseError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var after = stat()
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(before.st_size) + 1) { buffer, count in
            while count < buffer.count {
                let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                if got <= 0 { break }
                count += got
            }
        }
        guard fstat(descriptor, &after) == 0 else { throw failure(path) }
        guard bytes.count == before.st_size, after.st_size == before.st_size,
            after.st_mtim.tv_sec == before.st_mtim.tv_sec, after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else {
            throw ReleaseError(
                kind: .changedWhileRead, path: path, message: "the file changed while it was read", hint: "run it again"
            )
        }
        return bytes
    }

    private func linkTarget(_ member: String, at path: String) throws(ReleaseError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        guard count >= 0 else { throw TreeReader.failure(path) }
        guard let target = String(validating: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) else {
            throw ReleaseError(
                kind: .unsupportedName, path: path, message: "the link's target is not UTF-8", hint: "remake the link")
        }
        var depth = member.split(separator: "/").count - 1
        var leaves = target.hasPrefix("/")
        for part in target.split(separator: "/") where part != "." {
            depth += part == ".." ? -1 : 1
            leaves = leaves || depth < 0
        }
        guard !leaves else {
            throw ReleaseError(
                kind: .escapingLink, path: path, message: "the link leads out of the tree, to '\(target)'",
                hint: "copy what it points to into the tree")
        }
        return target
    }

    private static func failure(_ path: String) -> ReleaseError {
        let code = errno
        return ReleaseError(
            kind: code == ENOENT ? .missing : .unreadable, path: path, message: String(cString: strerror(code)))
    }
}
