internal import FoundationEssentials

/// What a workload's pods hold: its trees, and links to the files that are secret. Named by its digest.
package struct ReleaseManifest: Equatable, Sendable {
    /// A file of the release that lies elsewhere in the pod: a secret, on a memory volume.
    package struct Link: Hashable, Sendable {
        /// Relative to the release's root.
        package var path: String
        /// Absolute.
        package var target: String

        package init(path: String, target: String) {
            self.path = path
            self.target = target
        }
    }

    package let trees: [TreeFacts]
    package let links: [Link]
    /// `release.json`: keys sorted, no white space.
    package let json: [UInt8]
    package let digest: Digest

    /// Objects that a pod of one release mounts at most: each named source costs kubelet time, whatever its size.
    package static let mostObjects = 16
    /// Compressed bytes of all trees together.
    package static let mostBytes = PackedTree.chunkSize * PackedTree.mostChunks

    /// - Throws: `ReleaseError` when the trees take more bytes or chunks than one release may have.
    package init(trees: [TreeFacts], links: [Link]) throws(ReleaseError) {
        let chunks = trees.map(\.chunkCount).reduce(0, +)
        let bytes = trees.map(\.size).reduce(0, +)
        guard bytes <= ReleaseManifest.mostBytes, chunks <= ReleaseManifest.mostObjects else {
            let sizes = trees.sorted { $0.size > $1.size }.prefix(3).map { "\($0.name) \($0.size / 1024) KiB" }
            throw ReleaseError(
                kind: .tooLarge, path: trees.map(\.name).joined(separator: ", "),
                message: bytes > ReleaseManifest.mostBytes
                    ? "the release takes \(bytes) compressed bytes, \(ReleaseManifest.mostBytes) are allowed"
                    : "the release takes \(chunks) objects of the cluster, \(ReleaseManifest.mostObjects) are allowed",
                hint: "largest: \(sizes.joined(separator: ", ")); \(ReleaseError.smaller)")
        }
        self.trees = trees
        self.links = links.sorted { ($0.path, $0.target) < ($1.path, $1.target) }
        let treeTexts = trees.map { tree in
            "{\"chunks\":\(tree.chunkCount),\"digest\":\"\(tree.digest)\","
                + (tree.image.map { "\"image\":\"\($0)\"," } ?? "") + "\"name\":\(quoted(tree.name)),"
                + "\"path\":\(quoted(tree.destination)),\"size\":\(tree.size),\"tarball\":\"\(tree.archiveDigest)\"}"
        }
        let linkTexts = self.links.map { "{\"path\":\(quoted($0.path)),\"target\":\(quoted($0.target))}" }
        json = Array(
            ("{\"format\":1,\"links\":[\(linkTexts.joined(separator: ","))],"
                + "\"trees\":[\(treeTexts.joined(separator: ","))]}").utf8)
        digest = Digest(of: json)
    }

    /// The name of the ConfigMap that holds `release.json`.
    package var objectName: String { "sds-release-\(digest.short)" }

    /// The trees that a stored `release.json` names.
    ///
    /// - Throws: `DecodingError` for anything else.
    package static func trees(ofJSON json: [UInt8]) throws -> [TreeFacts] {
        struct Stored: Decodable {
            let trees: [TreeFacts]
        }
        return try JSONDecoder().decode(Stored.self, from: Data(json)).trees
    }
}
