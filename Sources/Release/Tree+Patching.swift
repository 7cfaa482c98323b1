package import Archive

/// What of a tree somebody lacks who holds another state of it.
extension Tree {
    /// The whole manifest, then the members that aren't the same in the other state: gzipped, as `archive` is.
    ///
    /// - Parameter manifest: the other state's.
    /// - Throws: `ArchiveError` when it would take more than `limit` bytes.
    package func patch(for manifest: [UInt8], limit: Int) throws(ArchiveError) -> [UInt8] {
        let held = Set(manifest.split(separator: UInt8(ascii: "\n")).map { Array($0) })
        return try archive(
            of: entries.filter { !held.contains(Array(Tree.manifestLine(of: $0).dropLast())) }, limit: limit)
    }

    /// The manifest that an archive begins with, even when the archive isn't whole.
    ///
    /// - Throws: `ReleaseError` (damaged) when there is none of that digest.
    package static func manifest(atStartOf archive: [UInt8], digest: String) throws(ReleaseError) -> [UInt8] {
        do {
            var reader = try ArchiveReader(archive)
            if let first = try reader.next(), first.entry.path == manifestPath, Digest(of: first.contents).hex == digest
            {
                return first.contents
            }
        } catch {}
        throw ReleaseError(
            kind: .damaged, path: "the tree \(digest.prefix(16))",
            message: "its archive doesn't begin with its manifest")
    }
}
