internal import Archive

/// A tree cut into the pieces in which the cluster stores it: each fits into one ConfigMap.
package struct PackedTree: Equatable, Sendable {
    /// Bytes a ConfigMap of ours holds at most; the API server takes 1,048,576 for all values of one.
    package static let chunkSize = 900 * 1024
    /// How many full pieces all trees of one release may take together.
    package static let mostChunks = 8
    static let limit = chunkSize * mostChunks

    package let facts: TreeFacts
    package let chunks: [[UInt8]]

    package init(_ tree: Tree) throws(ReleaseError) {
        let archive: [UInt8]
        do {
            archive = try tree.archive(limit: PackedTree.limit)
        } catch {
            throw ReleaseError(
                kind: .tooLarge, path: tree.name, message: error.message,
                hint: "a release in the cluster holds \(PackedTree.limit) compressed bytes at most: "
                    + ReleaseError.smaller)
        }
        self.init(tree.name, tree.destination, tree.digest, archive, image: nil)
    }

    /// What of a tree goes with an image that holds a state of it: the manifest, and the files that the image lacks.
    ///
    /// - Parameter manifest: that state's.
    /// - Throws: `ReleaseError` for a file that can't be read or changed since the survey, or when it is too much.
    package init(_ tree: SurveyedTree, onImageWith manifest: [UInt8]) throws(ReleaseError) {
        let archive = try tree.archive(lackedBy: manifest, limit: PackedTree.limit)
        self.init(
            tree.name, tree.destination, tree.digest, archive, image: Digest(of: manifest),
            unpackedSize: tree.entries.map(\.size).reduce(0, +))
    }

    private init(
        _ name: String, _ destination: String, _ digest: Digest, _ archive: [UInt8], image: Digest?,
        unpackedSize: Int? = nil
    ) {
        chunks = stride(from: 0, to: archive.count, by: PackedTree.chunkSize).map { start in
            Array(archive[start..<min(start + PackedTree.chunkSize, archive.count)])
        }
        facts = TreeFacts(
            name: name, destination: destination, digest: digest, archiveDigest: Digest(of: archive),
            size: archive.count, chunkCount: chunks.count, image: image,
            unpackedSize: unpackedSize)
    }
}
