internal import Kubernetes

extension Pass {
    /// A ReplicaSet: as many pods as it asks for.
    func fill(_ set: StoredObject, _ state: inout StoreState) throws(APIFailure) {
        let wanted = set.json[path: ["spec", "replicas"]]?.integer ?? 1
        var own = pods(of: set, state).filter { !$0.object.isBeingDeleted }
        while own.count > wanted, let last = own.popLast() {
            try state.delete(last.id, options: [:], lingers: true)
        }
        for _ in own.count..<max(wanted, own.count) {
            let suffix = String((0..<5).compactMap { _ in "bcdfghjklmnpqrstvwxz2456789".randomElement() })
            try makePod("\(set.id.name)-\(suffix)", of: set, &state)
        }
        own = pods(of: set, state).filter { !$0.object.isBeingDeleted }
        let ready = own.filter(Self.isReady).count
        let status = Self.counts(
            [
                "observedGeneration": set.object.generation, "fullyLabeledReplicas": own.count, "readyReplicas": ready,
                "availableReplicas": ready,
            ], and: ["replicas": .integer(Int64(own.count))])
        Self.setStatus(status, of: set, &state)
    }

    /// A StatefulSet: numbered pods. All of them at once; with `OnDelete` old ones stay as they are.
    func keep(_ set: StoredObject, _ state: inout StoreState) throws(APIFailure) {
        let wanted = set.json[path: ["spec", "replicas"]]?.integer ?? 1
        let revision = "\(set.id.name)-\(Self.hash(set.json[path: ["spec", "template"]]))"
        let label = "controller-revision-hash"
        let isOnDelete = set.json[path: ["spec", "updateStrategy", "type"]]?.string == "OnDelete"
        let names = (0..<wanted).map { "\(set.id.name)-\($0)" }
        for pod in pods(of: set, state) where !pod.object.isBeingDeleted {
            let isOld = pod.object.labels[label] != revision && !isOnDelete
            if !names.contains(pod.id.name) || isOld { try state.delete(pod.id, options: [:], lingers: true) }
        }
        let present = Set(pods(of: set, state).map(\.id.name))
        for name in names where !present.contains(name) {
            let labels = [label: revision, "statefulset.kubernetes.io/pod-name": name]
            try makePod(name, of: set, labels: labels, &state)
        }
        let own = pods(of: set, state)
        let ready = own.filter(Self.isReady).count
        let updated = own.filter { $0.object.labels[label] == revision && !$0.object.isBeingDeleted }.count
        let isDone = updated == own.count && ready == own.count
        let current = isDone ? revision : set.json[path: ["status", "currentRevision"]]?.string ?? revision
        let status = Self.counts(
            [
                "observedGeneration": set.object.generation, "readyReplicas": ready, "availableReplicas": ready,
                "updatedReplicas": updated, "currentReplicas": current == revision ? updated : own.count - updated,
            ],
            and: [
                "replicas": .integer(Int64(own.count)), "currentRevision": .string(current),
                "updateRevision": .string(revision),
            ])
        Self.setStatus(status, of: set, &state)
    }

    /// A Job: one pod, whose end is the Job's.
    func work(_ job: StoredObject, _ state: inout StoreState) throws(APIFailure) {
        let finished = (job.json[path: ["status", "conditions"]]?.array ?? []).contains {
            $0["status"]?.string == "True"
        }
        guard !finished else { return }
        guard let pod = pods(of: job, state).first else {
            let suffix = String((0..<5).compactMap { _ in "bcdfghjklmnpqrstvwxz2456789".randomElement() })
            return try makePod("\(job.id.name)-\(suffix)", of: job, &state)
        }
        let time = pod.json[path: ["metadata", "creationTimestamp"]] ?? ""
        switch pod.json[path: ["status", "phase"]]?.string {
        case "Succeeded":
            Self.setStatus(
                [
                    "startTime": time, "completionTime": time, "succeeded": 1,
                    "conditions": [["type": "Complete", "status": "True", "lastTransitionTime": time]],
                ], of: job, &state)
        case "Failed":
            Self.setStatus(
                [
                    "startTime": time, "failed": 1,
                    "conditions": [
                        [
                            "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded",
                            "message": "Job has reached the specified backoff limit", "lastTransitionTime": time,
                        ]
                    ],
                ], of: job, &state)
        default: Self.setStatus(["startTime": time, "active": 1], of: job, &state)
        }
    }
}
