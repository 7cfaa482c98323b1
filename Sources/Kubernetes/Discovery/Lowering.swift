/// Writes objects of current API versions in the versions and with the fields that a server has.
package struct Lowering: Hashable, Sendable {
    package var discovery: Discovery
    /// Minor version of Kubernetes 1.x, from `/version`. Nil: no field is left out for its age.
    package var minor: Int?

    /// An object as the server can take it.
    package struct Lowered: Hashable, Sendable {
        package var object: KubernetesObject
        package var type: ResourceType
        /// What was left out or changed besides the version, for the operator.
        package var notes: [String]
    }

    package init(discovery: Discovery, minor: Int? = nil) {
        self.discovery = discovery
        self.minor = minor
    }

    /// The minor version in the reply to `/version`; cloud providers write `27+`.
    package static func minor(_ version: JSONValue) -> Int? {
        version["minor"]?.string.flatMap { Int($0.prefix(while: \.isNumber)) }
    }

    /// - Throws: `KubernetesError` of kind `unsupported`, with the versions there are, when the server can't take it.
    package func lower(_ object: KubernetesObject) throws(KubernetesError) -> Lowered {
        let type = try self.type(for: object)
        var notes: [String] = []
        var object = object
        if object.apiVersion != type.apiVersion {
            try Self.convert(&object, to: type, notes: &notes)
            object.apiVersion = type.apiVersion
        }
        if !type.isNamespaced, object.namespace != nil {
            object.namespace = nil
            notes.append("metadata.namespace left out: a \(type.kind) belongs to the whole cluster")
        }
        PortProtocols.state(in: &object)
        if let minor { try FieldAge.remove(from: &object, minor: minor, notes: &notes) }
        return Lowered(object: object, type: type, notes: notes)
    }

    /// Versions of a group that hold the same as the current one, but for what ``convert`` does; newest first.
    private static let substitutes: [String: [String]] = [
        "policy/v1": ["v1beta1"],
        "autoscaling/v2": ["v2beta2"],
        "batch/v1": ["v1beta1"],
        "gateway.networking.k8s.io/v1": ["v1beta1"],
        "events.k8s.io/v1": ["v1beta1"],
        "node.k8s.io/v1": ["v1beta1"],
    ]

    private func type(for object: KubernetesObject) throws(KubernetesError) -> ResourceType {
        if let type = discovery.type(of: object) { return type }
        for version in Self.substitutes[object.apiVersion] ?? [] {
            if let type = discovery.lookup(kind: object.kind, group: object.group, version: version) { return type }
        }
        let served = discovery.versions(kind: object.kind, group: object.group)
        let group = object.group.isEmpty ? "the core group" : object.group
        throw KubernetesError(
            .unsupported, String(describing: object.key),
            served.isEmpty
                ? "the cluster doesn't know the kind \(object.kind) of \(group)"
                : "the cluster serves \(object.kind) of \(group) as \(served.joined(separator: ", ")), not as \(object.apiVersion)",
            hint: served.isEmpty ? "install what provides it, or leave the object out" : nil)
    }

    private static func convert(
        _ object: inout KubernetesObject, to type: ResourceType, notes: inout [String]
    ) throws(KubernetesError) {
        guard type.group == "policy", type.kind == "PodDisruptionBudget" else { return }
        let selector = object[path: ["spec", "selector"]]
        if (selector?["matchLabels"]?.object ?? [:]).isEmpty, (selector?["matchExpressions"]?.array ?? []).isEmpty {
            // In policy/v1 it means all pods, in v1beta1 none.
            throw KubernetesError(
                .unsupported, String(describing: object.key),
                "an empty selector means something else in \(type.apiVersion)")
        }
        if object[path: ["spec", "unhealthyPodEvictionPolicy"]] != nil {
            object[path: ["spec", "unhealthyPodEvictionPolicy"]] = nil
            notes.append("spec.unhealthyPodEvictionPolicy left out: not in \(type.apiVersion)")
        }
    }
}
