/// What a release says of one of its trees: enough to find its pieces in the cluster and to check them.
package struct TreeFacts: Hashable, Sendable, Codable {
    package let name: String
    package let destination: String
    package let digest: Digest
    /// SHA-256 of the archive as a whole.
    package let archiveDigest: Digest
    /// Bytes of the archive.
    package let size: Int
    package let chunkCount: Int

    private enum CodingKeys: String, CodingKey {
        case name, digest, size
        case destination = "path"
        case archiveDigest = "tarball"
        case chunkCount = "chunks"
    }

    /// The names of the ConfigMaps that hold the pieces, in order.
    package var objectNames: [String] {
        (0..<chunkCount).map { "sds-tree-\(digest.short)-\($0)" }
    }

    /// The names of the pieces as the pod sees them.
    package var fileNames: [String] {
        (0..<chunkCount).map { "\(digest.short).\($0)" }
    }
}
