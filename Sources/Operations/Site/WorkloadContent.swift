internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes
internal import Release

/// What goes into a workload's pods beside the image: its release and its secret files.
struct WorkloadContent {
    let release: ReleaseManifest?
    private let trees: [PackedTree]
    let secrets: SecretFiles?
    private let treeNames: [String]
    private let imageBytes: Int

    /// - Parameter recorded: with `-c` the code trees are those that the cluster runs already.
    static func make(
        _ workload: Workload, files: [RenderedFile], trees: CodeTrees, on image: BakedTrees, key: [UInt8],
        session: Session, recorded: WantedRelease?
    ) async throws -> WorkloadContent {
        let secrets = SecretFiles(workload: workload, files: files, key: key)
        guard workload.hasRelease else {
            return WorkloadContent(release: nil, trees: [], secrets: secrets, treeNames: [], imageBytes: 0)
        }

        let config = try PackedTree(
            Tree(
                name: "config", destination: "",
                entries: files.filter { !$0.isSecret }.map { file in
                    TreeEntry(
                        path: file.destination, content: .file(file.bytes.revealed),
                        mode: file.mode & 0o111 == 0 ? 0o644 : 0o755)
                }))
        let links = files.filter { $0.isSecret && !$0.declaration.isInHome }.map { file in
            ReleaseManifest.Link(path: file.destination, target: "/sds-secrets/\(file.destination)")
        }
        if session.options.isConfigurationOnly {
            let facts = try await recordedTrees(of: workload, session: session, recorded: recorded)
            try refuse(facts, of: workload, notOn: image)
            let release = try ReleaseManifest(trees: facts + [config.facts], links: links)
            return WorkloadContent(
                release: release, trees: [config], secrets: secrets, treeNames: facts.filter(\.isCode).map(\.name),
                imageBytes: bytes(of: facts, on: image))
        }
        let code = trees.content(of: workload, on: image)
        let release = try ReleaseManifest(trees: code.map(\.facts) + [config.facts], links: links)
        return WorkloadContent(
            release: release, trees: code + [config], secrets: secrets,
            treeNames: code.map(\.facts).filter(\.isCode).map(\.name),
            imageBytes: bytes(of: code.map(\.facts), on: image))
    }

    private static func bytes(of trees: [TreeFacts], on image: BakedTrees) -> Int {
        trees.filter { $0.image != nil }.compactMap { image[$0.name]?.unpackedSize }.reduce(0, +)
    }

    /// Code that stays goes with the image that it was made for.
    private static func refuse(
        _ facts: [TreeFacts], of workload: Workload, notOn image: BakedTrees
    ) throws(OperationError) {
        let foreign = facts.filter { $0.image != nil && image[$0.name]?.digest != $0.image }
        guard !foreign.isEmpty else { return }
        throw OperationError(
            .usage, "\(workload.name): its code is in an image, and another one is recorded by now",
            causes: foreign.map { "the image holds another state of the tree '\($0.name)', or none" },
            hint: "run 'sds update \(workload.component)' without -c")
    }

    private static func recordedTrees(
        of workload: Workload, session: Session, recorded: WantedRelease?
    ) async throws -> [TreeFacts] {
        guard let digest = recorded?.release else {
            throw OperationError(
                .usage,
                "\(workload.name) has no release in the cluster yet, so its configuration can't be updated alone",
                hint: "run 'sds update \(workload.component)' without -c first")
        }
        guard recorded?.namespace ?? session.namespace == workload.namespace else {
            throw OperationError(
                .usage, "\(workload.name) moves to the namespace \(workload.namespace), where its code isn't yet",
                hint: "run 'sds update \(workload.component)' without -c first")
        }
        let name = "sds-release-\(digest.prefix(16))"
        let object = try await session.client.send(.get(.configMap, namespace: workload.namespace, name: name)).object
        let json = object[path: ["data", "release.json"]]?.string ?? ""
        return try ReleaseManifest.trees(ofJSON: Array(json.utf8)).filter { $0.name != "config" }
    }

    func facts(sequence: Int) -> ReleaseFacts? {
        guard let release else { return nil }
        return ReleaseFacts(
            digest: release.digest.hex, sequence: sequence, manifestConfigMap: release.objectName,
            chunks: release.trees.flatMap { tree in
                zip(tree.objectNames, tree.fileNames).map { ReleaseFacts.Chunk(configMap: $0, path: $1) }
            },
            trees: treeNames, imageBytes: imageBytes)
    }

    /// The objects that hold the content: immutable ones, and the Secret.
    func objects(namespace: String) -> [KubernetesObject] {
        var objects = trees.flatMap { $0.objects(namespace: namespace) }
        if let release {
            objects.append(
                .content(
                    release.objectName, namespace: namespace, labels: [RecordNames.kindLabel: "release"],
                    member: "data", ["release.json": .string(String(decoding: release.json, as: UTF8.self))]))
        }
        if let secrets { objects.append(secrets.object(namespace: namespace)) }
        return objects
    }
}

extension PackedTree {
    /// The objects that hold its pieces.
    func objects(namespace: String) -> [KubernetesObject] {
        zip(facts.objectNames, chunks).map { .piece($0, of: facts.name, $1, namespace: namespace) }
    }
}

extension KubernetesObject {
    fileprivate static func piece(
        _ name: String, of tree: String, _ chunk: [UInt8], namespace: String
    ) -> KubernetesObject {
        .content(
            name, namespace: namespace, labels: [RecordNames.kindLabel: "tree", RecordNames.treeLabel: tree],
            member: "binaryData", ["chunk": .string(Data(chunk).base64EncodedString())])
    }

    /// An immutable ConfigMap whose name says what is in it.
    fileprivate static func content(
        _ name: String, namespace: String, labels: [String: String], member: String, _ values: [String: JSONValue]
    ) -> KubernetesObject {
        var labels = labels
        labels[RecordNames.managedBy] = "sds"
        labels[RecordNames.partOf] = "hysds"
        var object = KubernetesObject([
            "apiVersion": "v1", "kind": "ConfigMap", "immutable": true,
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
        ])
        object.labels = labels
        object[path: [member]] = .object(values)
        return object
    }
}
