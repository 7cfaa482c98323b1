import Kubernetes

extension Subject {
    /// As `kubectl rollout status` judges, and nothing is done before the former pods are gone.
    func deployment() -> Assessment {
        guard isObserved else { return Assessment(isDone: false, Self.unseen) }
        let (updated, available, all) = (status("updatedReplicas"), status("availableReplicas"), status("replicas"))
        let newest = newestReplicaSets()
        var causes = newest.flatMap { podCauses(view.pods(ownedBy: $0.uid)) }
        causes += creationCauses(missing: all < desired)
        if let event = newest.flatMap({ view.warnings(about: $0.uid) }).last(where: {
            $0.json["reason"]?.string == "FailedCreate"
        }),
            all < desired, !causes.contains(where: { $0.reason == .podCreation })
        {
            causes.append(cause(.podCreation, "FailedCreate", event.json["message"]?.string ?? ""))
        }
        if let progressing = condition("Progressing"), progressing["reason"]?.string == "ProgressDeadlineExceeded" {
            causes.append(cause(.deadline, "ProgressDeadlineExceeded", progressing["message"]?.string ?? ""))
        }
        if object[path: ["spec", "paused"]]?.bool == true, updated < desired {
            causes.append(cause(.paused, "Paused", "the rollout is paused"))
        }
        if updated < desired {
            return Assessment(isDone: false, Self.count(updated, of: desired, "pods updated"), causes: causes)
        }
        if all > updated {
            return Assessment(
                isDone: false, "\(Self.pods(all - updated)) of the former template still there", causes: causes)
        }
        if available < updated {
            return Assessment(isDone: false, Self.count(available, of: updated, "pods available"), causes: causes)
        }
        return Assessment(isDone: true, Self.count(available, of: desired, "pods available"), causes: causes)
    }

    /// The ReplicaSet of the current template: it carries the Deployment's own revision number.
    private func newestReplicaSets() -> [KubernetesObject] {
        let name = "deployment.kubernetes.io/revision"
        let sets = view.owned(by: object.uid, kind: "ReplicaSet")
        guard let current = object.annotations[name] else { return [] }
        return sets.filter { $0.annotations[name] == current }
    }

    /// Pods that nobody replaces when the template changes: only their number counts, unless a revision is required.
    func replicaSet() -> Assessment {
        guard isObserved else { return Assessment(isDone: false, Self.unseen) }
        let pods = view.pods(ownedBy: object.uid)
        let (ready, all) = (status("readyReplicas"), status("replicas"))
        let causes = podCauses(pods) + creationCauses(missing: all < desired)
        if all > desired {
            return Assessment(isDone: false, "\(Self.pods(all - desired)) too many still there", causes: causes)
        }
        if let revision, revision.isRequired {
            let current = pods.filter { !$0.isBeingDeleted && revision.matches($0) && PodCauses.isReady($0) }.count
            return Assessment(
                isDone: current >= desired, Self.count(current, of: desired, "pods ready"), causes: causes)
        }
        let available = max(status("availableReplicas"), object[path: ["spec", "minReadySeconds"]] == nil ? ready : 0)
        return Assessment(
            isDone: available >= desired, Self.count(available, of: desired, "pods ready"), causes: causes)
    }

    func daemonSet() -> Assessment {
        guard isObserved else { return Assessment(isDone: false, Self.unseen) }
        let wanted = status("desiredNumberScheduled")
        let isOnDelete = object[path: ["spec", "updateStrategy", "type"]]?.string == "OnDelete"
        let generation = object.annotations["deprecated.daemonset.template.generation"]
        let current = view.pods(ownedBy: object.uid).filter {
            generation == nil || $0.labels["pod-template-generation"] == generation
        }
        let causes = podCauses(current) + creationCauses(missing: status("currentNumberScheduled") < wanted)
        let (updated, available) = (status("updatedNumberScheduled"), status("numberAvailable"))
        if updated < wanted && !isOnDelete {
            return Assessment(isDone: false, Self.count(updated, of: wanted, "pods updated"), causes: causes)
        }
        return Assessment(
            isDone: available >= wanted, Self.count(available, of: wanted, "pods available"), causes: causes)
    }
}
