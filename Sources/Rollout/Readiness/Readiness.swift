package import Kubernetes

/// Tells for any object whether it is up, and if not, why.
package enum Readiness {
    /// - Parameters:
    ///   - view: Should hold the pods; for Deployments also the ReplicaSets; events make more causes visible.
    ///   - minimumGeneration: What the API server answered to the last write: an older state doesn't count.
    package static func assess(
        _ object: KubernetesObject, in view: ClusterView, revision: PodRevision? = nil, minimumGeneration: Int = 0
    ) -> Assessment {
        let subject = Subject(object: object, view: view, revision: revision)
        if object.isBeingDeleted { return Assessment(isDone: false, "is being deleted\(finalizers(object))") }
        if object.generation < minimumGeneration { return Assessment(isDone: false, "the last change isn't seen yet") }
        switch (object.group, object.kind) {
        case ("apps", "Deployment"): return subject.deployment()
        case ("apps", "StatefulSet"): return subject.statefulSet()
        case ("apps", "DaemonSet"): return subject.daemonSet()
        case ("apps", "ReplicaSet"), ("", "ReplicationController"): return subject.replicaSet()
        case ("batch", "Job"): return subject.job()
        case ("", "Pod"): return subject.pod()
        case ("", "PersistentVolumeClaim"): return subject.claim()
        case ("", "Namespace"):
            let phase = object[path: ["status", "phase"]]?.string
            return Assessment(isDone: phase != "Terminating", phase ?? "exists")
        default: return subject.other()
        }
    }

    static func finalizers(_ object: KubernetesObject) -> String {
        let names = (object[path: ["metadata", "finalizers"]]?.array ?? []).compactMap(\.string)
        return names.isEmpty ? "" : ", held by \(names.joined(separator: ", "))"
    }
}
