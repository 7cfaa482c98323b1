internal import Kubernetes

extension Pass {
    /// A Deployment: a ReplicaSet per template; the old one goes when the new one serves, with `Recreate` before.
    func roll(_ deployment: StoredObject, _ state: inout StoreState) throws(APIFailure) {
        let wanted = deployment.json[path: ["spec", "replicas"]]?.integer ?? 1
        let hash = Self.hash(deployment.json[path: ["spec", "template"]])
        let name = "\(deployment.id.name)-\(hash)"
        let sets = state.objects(group: "apps", kind: "ReplicaSet").filter { $0.isOwned(by: deployment.object.uid) }
        let old = sets.filter { $0.id.name != name }
        let isRecreated = deployment.json[path: ["spec", "strategy", "type"]]?.string == "Recreate"
        let new = sets.first { $0.id.name == name }
        let isServing = (new?.json[path: ["status", "readyReplicas"]]?.integer ?? 0) >= wanted && new != nil
        if isRecreated || isServing {
            for set in old { Self.scale(set, to: 0, &state) }
        }
        let hasOldPods = old.contains { !pods(of: $0, state).isEmpty }
        if let new {
            Self.scale(new, to: wanted, &state)
        } else if !isRecreated || !hasOldPods {
            try makeSet(name, hash, wanted, of: deployment, &state)
        }
        updateStatus(deployment, name, wanted, &state)
    }

    private static func scale(_ set: StoredObject, to count: Int, _ state: inout StoreState) {
        guard var set = state[set.id], set.json[path: ["spec", "replicas"]]?.integer != count else { return }
        set.json[path: ["spec", "replicas"]] = .integer(Int64(count))
        set.json[path: ["metadata", "generation"]] = .integer(Int64(set.object.generation + 1))
        state.put(set)
    }

    private func makeSet(
        _ name: String, _ hash: String, _ count: Int, of deployment: StoredObject, _ state: inout StoreState
    ) throws(APIFailure) {
        let label = "pod-template-hash"
        var template = KubernetesObject(deployment.json[path: ["spec", "template"]] ?? [:])
        template.labels[label] = hash
        var selector = deployment.json[path: ["spec", "selector"]] ?? [:]
        selector[path: ["matchLabels", label]] = .string(hash)
        let labels = template.labels.mapValues(JSONValue.string)
        let set: JSONValue = [
            "metadata": ["labels": .object(labels), "ownerReferences": [Self.reference(to: deployment)]],
            "spec": ["replicas": .integer(Int64(count)), "selector": selector, "template": template.json],
        ]
        let id = ResourceID(group: "apps", plural: "replicasets", namespace: deployment.id.namespace, name: name)
        _ = try state.create(set, id, .replicaSet, by: "kube-controller-manager")
    }

    private func updateStatus(_ deployment: StoredObject, _ name: String, _ wanted: Int, _ state: inout StoreState) {
        let sets = state.objects(group: "apps", kind: "ReplicaSet").filter { $0.isOwned(by: deployment.object.uid) }
        func sum(_ sets: [StoredObject], _ field: String) -> Int {
            sets.reduce(0) { $0 + ($1.json[path: ["status", field]]?.integer ?? 0) }
        }
        let ready = sum(sets, "readyReplicas")
        let time = deployment.json[path: ["metadata", "creationTimestamp"]] ?? ""
        let isAvailable = ready >= wanted
        let status = Self.counts(
            [
                "observedGeneration": deployment.object.generation, "replicas": sum(sets, "replicas"),
                "readyReplicas": ready, "availableReplicas": ready, "unavailableReplicas": max(0, wanted - ready),
                "updatedReplicas": sum(sets.filter { $0.id.name == name }, "replicas"),
            ],
            and: [
                "conditions": [
                    ["type": "Available", "status": isAvailable ? "True" : "False", "lastTransitionTime": time],
                    [
                        "type": "Progressing", "status": "True", "lastTransitionTime": time,
                        "reason": isAvailable ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                    ],
                ]
            ])
        Self.setStatus(status, of: deployment, &state)
    }
}
