package import Kubernetes

/// Tells whether something is really gone: an object with its pods, or only the pods of one scaled to nothing.
package enum Departure {
    /// Done when neither the object nor a pod of it is left.
    /// - Parameter uid: Of the object that was deleted: one made anew under its name is another one.
    package static func gone(_ key: ObjectKey, uid: String?, in view: ClusterView) -> Assessment {
        let object = view[key].flatMap { uid == nil || $0.uid == uid ? $0 : nil }
        let pods = pods(of: object?.uid ?? uid, in: view)
        guard let object else { return left(pods, subject: key) }
        guard object.isBeingDeleted else { return Assessment(isDone: false, "isn't being deleted yet") }
        let held = Readiness.finalizers(object)
        let remaining = left(pods, subject: key)
        return Assessment(
            isDone: false, "is being deleted\(held)\(remaining.isDone ? "" : ", \(remaining.text)")",
            causes: remaining.causes)
    }

    /// Done when a workload wants no pods and has none.
    package static func stopped(
        _ object: KubernetesObject, in view: ClusterView, minimumGeneration: Int = 0
    ) -> Assessment {
        let subject = Subject(object: object, view: view, revision: nil)
        guard object.generation >= minimumGeneration, subject.isObserved || object.kind == "Job" else {
            return Assessment(isDone: false, Subject.unseen)
        }
        let wanted = object[path: ["spec", "replicas"]]?.integer ?? (object.kind == "Job" ? 0 : 1)
        guard wanted == 0 else { return Assessment(isDone: false, "wants \(Subject.pods(wanted))") }
        return left(pods(of: object.uid, in: view), subject: object.key)
    }

    /// The pods of a workload, also through its ReplicaSets; those that ended on their own don't count.
    package static func pods(of uid: String?, in view: ClusterView) -> [KubernetesObject] {
        guard let uid, !uid.isEmpty else { return [] }
        let sets = view.owned(by: uid, kind: "ReplicaSet").map(\.uid)
        return ([uid] + sets).flatMap { view.pods(ownedBy: $0) }
            .filter { !["Succeeded", "Failed"].contains($0[path: ["status", "phase"]]?.string) }
    }

    private static func left(_ pods: [KubernetesObject], subject: ObjectKey) -> Assessment {
        guard !pods.isEmpty else { return Assessment(isDone: true, "no pods left") }
        let names = pods.prefix(5).map(\.name).joined(separator: ", ") + (pods.count > 5 ? ", …" : "")
        let causes = pods.filter(\.isBeingDeleted).map { pod in
            let held = Readiness.finalizers(pod)
            return Cause(
                .stuck, subject: subject, pod: pod.name, clusterReason: "Terminating",
                message: held.isEmpty ? "its containers haven't ended yet" : "being deleted\(held)",
                hint: held.isEmpty
                    ? "is its node alive? a grace period of 0 removes it without asking the node"
                    : "whoever set the finalizer has to remove it")
        }
        return Assessment(isDone: false, "\(Subject.pods(pods.count)) left: \(names)", causes: causes)
    }
}
