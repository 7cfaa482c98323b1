internal import Cluster
internal import FoundationEssentials
internal import Kubernetes
internal import Release

/// The code trees of releases as the cluster keeps them, each fetched and checked once.
actor StoredTrees {
    private let session: Session
    private var trees: [Release.Digest: Tree] = [:]

    init(_ session: Session) {
        self.session = session
    }

    /// What a release in the cluster consists of.
    ///
    /// - Parameter release: 64 hexadecimal digits, as recorded.
    func facts(ofRelease release: String, in namespace: String?) async throws -> [TreeFacts] {
        let name = "sds-release-\(release.prefix(16))"
        let object = try await session.client.send(
            .get(.configMap, namespace: namespace ?? session.namespace, name: name)
        ).object
        return try StoredTrees.facts(in: object, digest: release)
    }

    /// - Parameter digest: nil for an object that this run has made itself.
    static func facts(in object: KubernetesObject, digest: String? = nil) throws -> [TreeFacts] {
        let json = Array((object[path: ["data", "release.json"]]?.string ?? "").utf8)
        let found = Release.Digest(of: json).hex
        guard digest == nil || found == digest else {
            throw OperationError(
                .mismatch, "\(object.name) is not the release \(digest ?? ""): its digest is \(found)",
                hint: "somebody changed it in the cluster; 'sds update' makes a new one")
        }
        let facts = try ReleaseManifest.trees(ofJSON: json)
        guard facts.allSatisfy({ $0.isPlausible }) else {
            throw OperationError(.mismatch, "\(object.name) names pieces that no release has")
        }
        return facts
    }

    func tree(_ facts: TreeFacts, in namespace: String?) async throws -> Tree {
        if let tree = trees[facts.archiveDigest] { return tree }
        var archive: [UInt8] = []
        for name in facts.objectNames {
            let object = try await session.client.send(
                .get(.configMap, namespace: namespace ?? session.namespace, name: name)
            ).object
            archive += StoredTrees.chunk(of: object)
        }
        let tree = try Tree(unpacking: archive, facts)
        trees[facts.archiveDigest] = tree
        return tree
    }

    /// The manifest of a tree's state, from the first of its pieces; nil when that is no longer in the cluster.
    ///
    /// - Throws: `ReleaseError` (damaged) for a piece that holds something else.
    func manifest(_ facts: TreeFacts) async throws -> [UInt8]? {
        guard facts.isPlausible else { return nil }
        var archive: [UInt8] = []
        for name in facts.objectNames {
            guard let object = try await session.client.find(.configMap, namespace: session.namespace, name: name)
            else {
                return nil
            }
            archive += StoredTrees.chunk(of: object)
        }
        return try Tree.manifest(atStartOf: archive, digest: facts.digest.hex)
    }

    /// A tree that this run has packed, from the objects that would be uploaded.
    static func tree(_ facts: TreeFacts, in content: [KubernetesObject]) throws -> Tree {
        let objects = Dictionary(content.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let archive = facts.objectNames.flatMap { objects[$0].map(chunk) ?? [] }
        return try Tree(unpacking: archive, facts)
    }

    private static func chunk(of object: KubernetesObject) -> [UInt8] {
        let text = object[path: ["binaryData", "chunk"]]?.string ?? ""
        return [UInt8](Data(base64Encoded: text) ?? Data())
    }
}

extension TreeFacts {
    /// What a stored record says is not believed before it makes names of objects.
    fileprivate var isPlausible: Bool {
        digest.hex.utf8.count == 64
            && digest.hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            && (0...PackedTree.mostChunks).contains(chunkCount) && archiveDigest.hex.utf8.count == 64
    }
}
