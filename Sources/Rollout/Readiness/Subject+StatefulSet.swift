import Kubernetes

extension Subject {
    /// A StatefulSet has no failure of its own: everything comes from its pods and events.
    func statefulSet() -> Assessment {
        guard isObserved, status("observedGeneration") != 0 else {
            // Its controller writes no status before it has made a first pod.
            return Assessment(isDone: false, Self.unseen, causes: creationCauses(missing: true))
        }
        let update = object[path: ["status", "updateRevision"]]?.string ?? ""
        let pods = view.pods(ownedBy: object.uid)
        let current = pods.filter { $0.labels["controller-revision-hash"] == update }
        let isOnDelete = object[path: ["spec", "updateStrategy", "type"]]?.string == "OnDelete"
        let (ready, all) = (status("readyReplicas"), status("replicas"))
        // Pods that wait to be deleted by hand run what they run: their trouble is ours, too.
        var causes = podCauses(isOnDelete ? pods : current) + creationCauses(missing: all < desired)
        causes += formerTemplate(pods, update: update, isOnDelete: isOnDelete)

        if all > desired {
            return Assessment(isDone: false, "\(Self.pods(all - desired)) too many still there", causes: causes)
        }
        if ready < desired {
            return Assessment(isDone: false, Self.count(ready, of: desired, "pods ready"), causes: causes)
        }
        if let revision, revision.isRequired {
            let matching = pods.filter { !$0.isBeingDeleted && revision.matches($0) && PodCauses.isReady($0) }.count
            return Assessment(
                isDone: matching >= desired, Self.count(matching, of: desired, "pods updated"), causes: causes)
        }
        if isOnDelete { return Assessment(isDone: true, Self.count(ready, of: desired, "pods ready"), causes: causes) }
        let partition = object[path: ["spec", "updateStrategy", "rollingUpdate", "partition"]]?.integer ?? 0
        let wanted = max(0, desired - partition)
        let isSettled = object[path: ["status", "currentRevision"]]?.string == update
        if !isSettled, status("updatedReplicas") < wanted {
            return Assessment(
                isDone: false, Self.count(status("updatedReplicas"), of: wanted, "pods updated"), causes: causes)
        }
        return Assessment(isDone: true, Self.count(ready, of: desired, "pods ready"), causes: causes)
    }

    /// With ordered pods the controller waits for every pod to be ready before it replaces one, even for one that can't
    /// become ready because its template was broken. Deleting that pod is the only way on.
    private func formerTemplate(_ pods: [KubernetesObject], update: String, isOnDelete: Bool) -> [Cause] {
        guard !isOnDelete, object[path: ["spec", "podManagementPolicy"]]?.string != "Parallel" else { return [] }
        let former = pods.filter {
            !$0.isBeingDeleted && $0.labels["controller-revision-hash"] != update && !PodCauses.isReady($0)
        }
        return former.compactMap { pod in
            let causes = PodCauses(pod: pod, subject: key, warnings: view.warnings(about: pod.uid)).all
            guard let cause = causes.first(where: { $0.reason != .notReady }) else { return nil }
            return Cause(
                .formerTemplate, subject: key, pod: pod.name, container: cause.container,
                clusterReason: cause.clusterReason,
                message: "it is of the former template, and its controller waits for it",
                hint: "delete pod \(pod.name): then the new template goes on")
        }
    }
}
