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
    /// The state of the tree that the pods' image holds: the archive is the manifest and what that state lacks.
    /// Nil when the archive is the whole tree.
    package var image: Digest? = nil
    /// Bytes of the tree's files, of one that goes with an image; no release says it.
    package var unpackedSize: Int? = nil

    private enum CodingKeys: String, CodingKey {
        case name, digest, size, image
        case destination = "path"
        case archiveDigest = "tarball"
        case chunkCount = "chunks"
        case unpackedSize = "unpacked"
    }

    /// A tree's archive is named by the tree; one that only goes with an image, of which there may be several, by itself.
    private var stem: String { image == nil ? digest.short : archiveDigest.short }

    /// The names of the ConfigMaps that hold the pieces, in order.
    package var objectNames: [String] {
        (0..<chunkCount).map { "sds-tree-\(stem)-\($0)" }
    }

    /// The names of the pieces as the pod sees them.
    package var fileNames: [String] {
        (0..<chunkCount).map { "\(stem).\($0)" }
    }
}
