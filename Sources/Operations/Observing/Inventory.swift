internal import Cluster
internal import Kubernetes

/// What exists beside the workloads: services and the like in full, content (which is named by its digest) by name only.
struct Inventory: Sendable {
    private let companions: [ObjectKey: KubernetesObject]
    /// Names of content, each with the generation of its secrets (empty for what never changes).
    private let content: [ObjectKey: String]

    /// One list per kind of companion, and the names of ConfigMaps and Secrets that hold content.
    static func take(_ session: Session, companions: [KubernetesObject]) async throws -> Inventory {
        let discovery = try await session.client.discovery()
        let types = Set(companions.compactMap { discovery.lookup(kind: $0.kind, group: $0.group) })
        async let lists = session.client.lists(
            types.sorted { $0.plural < $1.plural }.map {
                ObjectSelection($0, namespace: session.namespace, labels: RecordNames.everything)
            })
        async let configMaps = names(.configMap, session)
        async let secrets = names(.secret, session)
        let objects = try await lists.flatMap(\.items)
        return Inventory(
            companions: Dictionary(objects.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last }),
            content: try await configMaps.merging(try await secrets) { first, _ in first })
    }

    private static func names(_ type: ResourceType, _ session: Session) async throws -> [ObjectKey: String] {
        var keys: [ObjectKey: String] = [:]
        var position: String?
        repeat {
            let request = APIRequest.list(
                type, namespace: session.namespace,
                labelSelector: "\(RecordNames.kindLabel) in (tree,release,files,revision)",
                continue: position, metadataOnly: true)
            let list = try ObjectList(try await session.client.send(request).json, type: type)
            for object in list.items {
                let key = ObjectKey(kind: type.kind, namespace: session.namespace, name: object.name)
                keys[key] = object.annotations[RecordNames.secrets] ?? ""
            }
            position = list.continueToken
        } while position?.isEmpty == false
        return keys
    }

    /// Whether the cluster holds this content already, in the same generation.
    func contains(_ object: KubernetesObject) -> Bool {
        content[object.key] == object.annotations[RecordNames.secrets] ?? ""
    }

    /// Whether content of this name exists, whatever its generation.
    func holds(_ key: ObjectKey) -> Bool { content[key] != nil }

    /// A companion as it is in the cluster.
    func companion(_ key: ObjectKey) -> KubernetesObject? { companions[key] }

    /// The generation of secret files; nil when there is no such object or it names none.
    func generation(of key: ObjectKey) -> String? {
        content[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether the cluster holds what the object says, whatever version it is written in.
    func covers(_ object: KubernetesObject) -> Bool {
        guard let live = companions[object.key] else { return false }
        var desired = object
        desired.json["apiVersion"] = live.json["apiVersion"]
        return live.json.covers(desired.json)
    }

    /// What we made and no longer declare, of the kinds that may be removed.
    func undeclared(besides declared: Set<ObjectKey>, components: Set<String>) -> [KubernetesObject] {
        companions.values.filter { object in
            !declared.contains(object.key) && object.labels[RecordNames.managedBy] == "sds"
                && components.contains(object.labels[RecordNames.component] ?? "")
                && !Inventory.kept.contains(object.kind)
        }.sorted { $0.key < $1.key }
    }

    /// Addresses and data are never pruned.
    private static let kept: Set<String> = ["Service", "Ingress", "PersistentVolumeClaim", "Namespace"]
}
