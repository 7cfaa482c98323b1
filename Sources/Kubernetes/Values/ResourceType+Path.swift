extension ResourceType {
    /// The path of the collection: `/apis/apps/v1/namespaces/ops/deployments`.
    /// Without a namespace: the objects of all namespaces, or those of the cluster.
    package func path(namespace: String?) -> String {
        let root = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        guard isNamespaced, let namespace, !namespace.isEmpty else { return "\(root)/\(plural)" }
        return "\(root)/namespaces/\(namespace)/\(plural)"
    }

    /// The path of one object, or of one of its subresources such as `scale`.
    package func path(namespace: String?, name: String, subresource: String? = nil) -> String {
        let object = "\(path(namespace: namespace))/\(name)"
        return subresource.map { "\(object)/\($0)" } ?? object
    }
}

/// The types that every server since 1.20 serves in these versions: no discovery is needed for them.
extension ResourceType {
    package static let pod = core("Pod", "pods")
    package static let service = core("Service", "services")
    package static let configMap = core("ConfigMap", "configmaps")
    package static let secret = core("Secret", "secrets")
    package static let event = core("Event", "events")
    package static let endpoints = core("Endpoints", "endpoints")
    package static let persistentVolumeClaim = core("PersistentVolumeClaim", "persistentvolumeclaims")
    package static let serviceAccount = core("ServiceAccount", "serviceaccounts")
    package static let node = ResourceType(
        group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    package static let namespace = ResourceType(
        group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)
    package static let deployment = apps("Deployment", "deployments")
    package static let statefulSet = apps("StatefulSet", "statefulsets")
    package static let daemonSet = apps("DaemonSet", "daemonsets")
    package static let replicaSet = apps("ReplicaSet", "replicasets")
    package static let controllerRevision = apps("ControllerRevision", "controllerrevisions")
    package static let job = ResourceType(group: "batch", version: "v1", kind: "Job", plural: "jobs")
    package static let lease = ResourceType(
        group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")
    package static let ingress = ResourceType(
        group: "networking.k8s.io", version: "v1", kind: "Ingress", plural: "ingresses")
    package static let networkPolicy = ResourceType(
        group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy", plural: "networkpolicies")

    private static func core(_ kind: String, _ plural: String) -> ResourceType {
        ResourceType(group: "", version: "v1", kind: kind, plural: plural)
    }

    private static func apps(_ kind: String, _ plural: String) -> ResourceType {
        ResourceType(group: "apps", version: "v1", kind: kind, plural: plural)
    }
}
