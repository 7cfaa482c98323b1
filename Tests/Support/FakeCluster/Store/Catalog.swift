internal import Kubernetes

/// The types that a server of a version serves.
struct Catalog: Sendable {
    let types: [ResourceType]
    /// Answers discovery in one piece.
    let isAggregated: Bool
    private static let scalable: Set<String> = ["deployments", "statefulsets", "replicasets"]

    init(minor: Int) {
        func type(
            _ group: String, _ version: String, _ kind: String, _ plural: String, _ isNamespaced: Bool = true
        )
            -> ResourceType
        {
            ResourceType(group: group, version: version, kind: kind, plural: plural, isNamespaced: isNamespaced)
        }
        let rbac = "rbac.authorization.k8s.io"
        types =
            [
                .pod, .service, .configMap, .secret, .event, .endpoints, .persistentVolumeClaim, .serviceAccount, .node,
                .namespace, .deployment, .statefulSet, .daemonSet, .replicaSet, .controllerRevision, .job, .lease,
                .ingress,
                .networkPolicy, type("", "v1", "PersistentVolume", "persistentvolumes", false),
                type("", "v1", "ResourceQuota", "resourcequotas"), type("", "v1", "LimitRange", "limitranges"),
                type(rbac, "v1", "Role", "roles"), type(rbac, "v1", "RoleBinding", "rolebindings"),
                type("storage.k8s.io", "v1", "StorageClass", "storageclasses", false),
                type("policy", minor >= 21 ? "v1" : "v1beta1", "PodDisruptionBudget", "poddisruptionbudgets"),
                type("batch", minor >= 21 ? "v1" : "v1beta1", "CronJob", "cronjobs"),
                type(
                    "autoscaling", minor >= 23 ? "v2" : "v2beta2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"
                ),
            ]
            + (minor < 25 && minor >= 21
                ? [type("policy", "v1beta1", "PodDisruptionBudget", "poddisruptionbudgets")] : [])
        isAggregated = minor >= 27
    }

    func type(group: String, version: String, plural: String) -> ResourceType? {
        types.first { $0.group == group && $0.version == version && $0.plural == plural }
    }

    /// Groups in order, each with its versions.
    var groups: [(name: String, versions: [String])] {
        var groups: [(name: String, versions: [String])] = []
        for type in types {
            guard let index = groups.firstIndex(where: { $0.name == type.group }) else {
                groups.append((type.group, [type.version]))
                continue
            }
            if !groups[index].versions.contains(type.version) { groups[index].versions.append(type.version) }
        }
        return groups
    }

    static func isScalable(_ plural: String) -> Bool { scalable.contains(plural) }
}
