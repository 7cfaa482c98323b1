package import Archive

/// A code repository, or the set of a workload's rendered files, as it goes into a release: sorted and digested.
package struct Tree: Equatable, Sendable {
    /// The first member of every tree's archive: the manifest that the pod checks the others against.
    package static let manifestPath = ".sds-manifest"

    package let name: String
    /// Where its members go in the release: `ops/hysds`; empty for the release's root.
    package let destination: String
    /// Sorted by the bytes of their paths.
    package let entries: [TreeEntry]
    package let manifest: [UInt8]
    package let digest: Digest

    package init(name: String, destination: String, entries: [TreeEntry]) {
        self.name = name
        self.destination = destination
        self.entries = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        manifest = self.entries.flatMap { Tree.manifestLine(of: $0) }
        digest = Digest(of: manifest)
    }

    /// The tree as a gzipped archive, ready to be cut into chunks.
    ///
    /// - Throws: `ArchiveError` when it would take more than `limit` bytes.
    package func archive(limit: Int) throws(ArchiveError) -> [UInt8] {
        try archive(of: entries, limit: limit)
    }

    func archive(of entries: [TreeEntry], limit: Int) throws(ArchiveError) -> [UInt8] {
        let writer = try ArchiveWriter(limit: limit)
        try writer.write(ArchiveEntry(path: Tree.manifestPath, kind: .file, mode: 0o644), contents: manifest)
        for entry in entries { try writer.write(entry) }
        return try writer.close()
    }

    /// `["path","f","644",size,"sha256"]` and a line feed.
    static func manifestLine(of entry: TreeEntry) -> [UInt8] {
        let mode = String(entry.mode, radix: 8)
        func file(_ size: Int, _ digest: Digest) -> String {
            "[\(quoted(entry.path)),\"f\",\"\(mode)\",\(size),\"\(digest.hex)\"]\n"
        }
        let line =
            switch entry.content {
            case .file(let bytes): file(bytes.count, Digest(of: bytes))
            case .elsewhere(let size, let digest): file(size, digest)
            case .directory:
                "[\(quoted(entry.path)),\"d\",\"\(mode)\",0,\"\"]\n"
            case .link(let target):
                "[\(quoted(entry.path)),\"l\",\"777\",0,\(quoted(target))]\n"
            }
        return Array(line.utf8)
    }
}
