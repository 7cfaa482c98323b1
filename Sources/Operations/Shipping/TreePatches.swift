internal import Cluster
internal import FoundationEssentials
internal import Kubernetes
internal import Release

/// What is sent instead of a whole tree to a pod that holds another state of it: the files that differ.
///
/// Each is made once, however many pods need it. Whatever stands in the way (the older state is no longer in the
/// cluster, it can't be read) means that the tree is sent whole.
actor TreePatches {
    /// A patch larger than this part of the tree's archive isn't worth a second way.
    private static let worthwhile = 0.8

    private let session: Session
    /// By tree: the digests of its states in the cluster, with the name of the first piece.
    private var states: [String: [String: ObjectKey]]?
    private var manifests: [String: [UInt8]?] = [:]
    private var trees: [String: Tree?] = [:]
    private var made: [String: StageArchive.File?] = [:]

    init(_ session: Session) {
        self.session = session
    }

    /// - Parameter held: digests of all trees that the pod holds.
    func files(for missing: Set<String>, of parcel: Parcel, held: Set<String>) async -> [String: StageArchive.File] {
        var files: [String: StageArchive.File] = [:]
        for tree in parcel.trees where missing.contains(tree.digest) && tree.facts.image == nil {
            guard let base = await base(of: tree, held: held) else { continue }
            let key = "\(base.digest) \(tree.digest)"
            if made[key] == nil { made[key] = .some(patch(from: base.manifest, to: tree)) }
            if let file = made[key] ?? nil { files[tree.digest] = file }
        }
        return files
    }

    private func patch(from manifest: [UInt8], to tree: Parcel.Tree) -> StageArchive.File? {
        if trees[tree.digest] == nil {
            trees[tree.digest] = .some(try? Tree(unpacking: tree.files.flatMap(\.bytes), tree.facts))
        }
        let size = tree.facts.size
        guard let whole = trees[tree.digest] ?? nil,
            let patch = try? whole.patch(for: manifest, limit: max(1 << 16, size)),
            Double(patch.count) < Double(size) * TreePatches.worthwhile
        else { return nil }
        return StageArchive.File(name: "\(tree.digest.prefix(16)).patch", bytes: patch)
    }

    /// A state of the tree that the pod holds and whose manifest the cluster still has.
    private func base(of tree: Parcel.Tree, held: Set<String>) async -> (digest: String, manifest: [UInt8])? {
        if states == nil { states = (try? await storedStates()) ?? [:] }
        let stored = states?[tree.name] ?? [:]
        for digest in held.sorted() {
            guard digest != tree.digest, let object = stored[String(digest.prefix(16))] else { continue }
            if manifests[digest] == nil { manifests[digest] = .some(try? await manifest(in: object, digest)) }
            if let manifest = manifests[digest] ?? nil { return (digest, manifest) }
        }
        return nil
    }

    /// The first pieces of all trees in the cluster: by tree's name, by the digest's beginning.
    private func storedStates() async throws -> [String: [String: ObjectKey]] {
        let pieces = try await session.client.lists(
            session.namespaces.map { namespace in
                ObjectSelection(
                    .configMap, namespace: namespace, labels: "\(RecordNames.kindLabel)=tree", isMetadataOnly: true)
            })
        var states: [String: [String: ObjectKey]] = [:]
        for piece in pieces.flatMap(\.items) {
            let parts = piece.name.split(separator: "-")
            guard parts.count == 4, parts[3] == "0", let tree = piece.labels[RecordNames.treeLabel] else { continue }
            states[tree, default: [:]][String(parts[2])] = ObjectKey(
                kind: "ConfigMap", namespace: piece.namespace ?? session.namespace, name: piece.name)
        }
        return states
    }

    private func manifest(in key: ObjectKey, _ digest: String) async throws -> [UInt8] {
        let piece = try await session.client.send(
            .get(.configMap, namespace: key.namespace, name: key.name)
        ).object
        let text = piece[path: ["binaryData", "chunk"]]?.string ?? ""
        return try Tree.manifest(atStartOf: [UInt8](Data(base64Encoded: text) ?? Data()), digest: digest)
    }
}
