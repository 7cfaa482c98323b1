internal import Archive

/// A tree cut into the pieces in which the cluster stores it: each fits into one ConfigMap.
package struct PackedTree: Equatable, Sendable {
    /// Bytes a ConfigMap of ours holds at most; the API server takes 1,048,576 for all values of one.
    package static let chunkSize = 900 * 1024
    /// How many full pieces all trees of one release may take together.
    package static let mostChunks = 8

    package let facts: TreeFacts
    package let chunks: [[UInt8]]

    package init(_ tree: Tree) throws(ReleaseError) {
        let limit = PackedTree.chunkSize * PackedTree.mostChunks
        let archive: [UInt8]
        do {
            archive = try tree.archive(limit: limit)
        } catch {
            throw ReleaseError(
                kind: .tooLarge, path: tree.name, message: error.message,
                hint: "a release in the cluster holds \(limit) compressed bytes at most: "
                    + "take tests and data out of the tree")
        }
        chunks = stride(from: 0, to: archive.count, by: PackedTree.chunkSize).map { start in
            Array(archive[start..<min(start + PackedTree.chunkSize, archive.count)])
        }
        facts = TreeFacts(
            name: tree.name, destination: tree.destination, digest: tree.digest, archiveDigest: Digest(of: archive),
            size: archive.count, chunkCount: chunks.count)
    }
}
