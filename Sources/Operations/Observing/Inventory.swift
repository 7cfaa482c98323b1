internal import Cluster
internal import Kubernetes

/// What exists beside the workloads: services and the like in full, content (which is named by its digest) by name only.
struct Inventory: Sendable {
    private let companions: [ObjectKey: KubernetesObject]
    /// Content without what is in it: names, labels, the generation of secrets.
    private let held: [ObjectKey: KubernetesObject]

    /// One list per kind of companion, and the names of ConfigMaps and Secrets that hold content.
    ///
    /// - Parameters:
    ///   - others: namespaces beside the configuration's, in which something may be left.
    ///   - prunes: looks for what a setting may have switched off, too.
    static func take(
        _ session: Session, companions: [KubernetesObject], besides others: Set<String> = [], prunes: Bool = false
    ) async throws -> Inventory {
        let discovery = try await session.client.discovery()
        let namespaces = session.namespaces + others.subtracting(session.namespaces).sorted()
        let kinds = companions.map { [$0.kind, $0.group] } + (prunes ? Inventory.optional : [])
        let types = Set(kinds.compactMap { discovery.lookup(kind: $0[0], group: $0[1]) })
        async let lists = session.client.lists(
            types.sorted { $0.plural < $1.plural }.flatMap { type in
                namespaces.map { ObjectSelection(type, namespace: $0, labels: RecordNames.everything) }
            })
        async let configMaps = names(.configMap, in: namespaces, session)
        async let secrets = names(.secret, in: namespaces, session)
        let objects = try await lists.flatMap(\.items)
        return Inventory(
            companions: Dictionary(objects.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last }),
            held: try await configMaps.merging(try await secrets) { first, _ in first })
    }

    private static func names(
        _ type: ResourceType, in namespaces: [String], _ session: Session
    ) async throws -> [ObjectKey: KubernetesObject] {
        try await withThrowingTaskGroup(of: [ObjectKey: KubernetesObject].self) { group in
            for namespace in namespaces { group.addTask { try await names(type, in: namespace, session) } }
            return try await group.reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }
        }
    }

    private static func names(
        _ type: ResourceType, in namespace: String, _ session: Session
    ) async throws -> [ObjectKey: KubernetesObject] {
        var keys: [ObjectKey: KubernetesObject] = [:]
        var position: String?
        repeat {
            let request = APIRequest.list(
                type, namespace: namespace,
                labelSelector: "\(RecordNames.kindLabel) in (tree,release,files,revision)",
                continue: position, metadataOnly: true)
            let list = try ObjectList(try await session.client.send(request).json, type: type)
            for object in list.items {
                let key = ObjectKey(kind: type.kind, namespace: namespace, name: object.name)
                keys[key] = object
            }
            position = list.continueToken
        } while position?.isEmpty == false
        return keys
    }

    /// Whether the cluster holds this content already, in the same generation.
    func contains(_ object: KubernetesObject) -> Bool {
        held[object.key].map { $0.annotations[RecordNames.secrets] ?? "" } == object.annotations[RecordNames.secrets]
            ?? ""
    }

    /// Whether content of this name exists, whatever its generation.
    func holds(_ key: ObjectKey) -> Bool { held[key] != nil }

    /// A companion as it is in the cluster.
    func companion(_ key: ObjectKey) -> KubernetesObject? { companions[key] }

    /// The generation of secret files; nil when there is no such object or it names none.
    func generation(of key: ObjectKey) -> String? {
        held[key]?.annotations[RecordNames.secrets].flatMap { $0.isEmpty ? nil : $0 }
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
                && object.labels[RecordNames.component].map(components.contains) ?? true
                && !Inventory.kept.contains(object.kind)
        }.sorted { $0.key < $1.key }
    }

    /// Secret files of workloads that no longer live where those are, and all content of a namespace in which nothing
    /// lives any more.
    func abandoned(homes: [String: String], namespaces: [String], components: Set<String>) -> [ObjectKey: String] {
        held.filter { key, object in
            guard object.labels[RecordNames.managedBy] == "sds", let namespace = key.namespace else { return false }
            guard namespaces.contains(namespace) else { return true }
            return key.kind == "Secret" && components.contains(object.labels[RecordNames.component] ?? "")
                && homes[object.labels[RecordNames.name] ?? ""] != namespace
        }.mapValues(\.uid)
    }

    /// Kinds that a setting switches on and off: what was made with it must go without it.
    private static let optional = [
        ["NetworkPolicy", "networking.k8s.io"], ["PodDisruptionBudget", "policy"], ["ScaledObject", "keda.sh"],
        ["TriggerAuthentication", "keda.sh"],
    ]

    /// Addresses and data are never pruned.
    private static let kept: Set<String> = ["Service", "Ingress", "PersistentVolumeClaim", "Namespace"]
}
