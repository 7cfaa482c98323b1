internal import Archive
internal import Release

/// A queue's worker for a host outside the cluster: code, configuration and credentials in one `.tbz2` file.
package struct Bundle: Sendable {
    /// Compressed bytes; sdscli's bundles are a few megabytes, adaptations some more.
    private static let limit = 1 << 30

    let queue: String
    /// `<QUEUE>-<VENUE>.tbz2`.
    let fileName: String
    let bytes: [UInt8]
    let digest: Digest

    /// - Parameters:
    ///   - trees: each below the folder of its name.
    ///   - files: by path; they win over a tree's file of the same path.
    init(queue: String, venue: String, trees: [Tree], files: [String: (bytes: [UInt8], mode: UInt16)]) throws {
        self.queue = queue
        fileName = "\(queue)-\(venue).tbz2"
        var entries: [String: TreeEntry] = [:]
        for tree in trees {
            entries[tree.destination] = TreeEntry(path: tree.destination, content: .directory, mode: 0o755)
            for entry in tree.entries {
                let path = "\(tree.destination)/\(entry.path)"
                entries[path] = TreeEntry(path: path, content: entry.content, mode: entry.mode)
            }
        }
        for (path, file) in files {
            for folder in Bundle.folders(above: path) where entries[folder] == nil {
                let mode: UInt16 = folder.hasPrefix("creds") ? 0o700 : 0o755
                entries[folder] = TreeEntry(path: folder, content: .directory, mode: mode)
            }
            entries[path] = TreeEntry(path: path, content: .file(file.bytes), mode: file.mode)
        }
        let writer = try ArchiveWriter(limit: Bundle.limit, compression: .bzip2)
        for entry in entries.values.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            try writer.write(entry)
        }
        bytes = try writer.close()
        digest = Digest(of: bytes)
    }

    private static func folders(above path: String) -> [String] {
        let parts = path.split(separator: "/").dropLast()
        return parts.indices.map { parts[...$0].joined(separator: "/") }
    }
}
