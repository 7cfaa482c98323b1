internal import FoundationEssentials
internal import Kubernetes

extension Pass {
    /// The kubelet: what a pod's state is by now.
    mutating func attend(_ pod: StoredObject, _ state: inout StoreState) {
        let isEnding = pod.object.isBeingDeleted
        let isDue = isDue(isEnding ? "\(pod.object.uid) ending" : pod.object.uid)
        guard !isEnding else {
            if isDue && pod.finalizers.isEmpty { state.drop(pod.id) }
            return
        }
        let isOfJob = pod.json[path: ["metadata", "ownerReferences"]]?[0]?["kind"]?.string == "Job"
        let status = Self.status(pod, isDue ? fate(of: pod) : .pending, isOfJob: isOfJob)
        if pod.json["status"] != status { Self.setStatus(status, of: pod, &state) }
    }

    private func fate(of pod: StoredObject) -> PodFate {
        let name = pod.id.name
        let keys = fates.keys.filter { name == $0 || name.hasPrefix("\($0)-") }
        return keys.max { $0.count < $1.count }.flatMap { fates[$0] } ?? .good
    }

    private static func status(_ pod: StoredObject, _ fate: PodFate, isOfJob: Bool) -> JSONValue {
        let running: JSONValue = ["running": ["startedAt": pod.json[path: ["metadata", "creationTimestamp"]] ?? ""]]
        switch fate {
        case .good where isOfJob:
            return status(pod, "Succeeded", isReady: false, ["terminated": ["exitCode": 0, "reason": "Completed"]])
        case .good: return status(pod, "Running", isReady: true, running)
        case .exits(let code):
            let state: JSONValue = ["terminated": ["exitCode": .integer(Int64(code)), "reason": "Error"]]
            return status(pod, isOfJob ? "Failed" : "Running", isReady: false, state)
        case .imagePullBackOff:
            return status(
                pod, "Pending", isReady: false,
                ["waiting": ["reason": "ImagePullBackOff", "message": "Back-off pulling image"]])
        case .crashLoopBackOff(let line):
            let last: JSONValue = ["terminated": ["exitCode": 1, "reason": "Error", "message": .string(line)]]
            let state: JSONValue = [
                "waiting": ["reason": "CrashLoopBackOff", "message": "back-off 10s restarting failed container"]
            ]
            return status(pod, "Running", isReady: false, state, last: last, restarts: 3)
        case .pending: return status(pod, "Pending", isReady: false, ["waiting": ["reason": "ContainerCreating"]])
        case .unschedulable:
            return [
                "phase": "Pending",
                "conditions": [
                    [
                        "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                        "message": "0/1 nodes are available: 1 Insufficient memory.",
                        "lastTransitionTime": pod.json[path: ["metadata", "creationTimestamp"]] ?? "",
                    ]
                ],
            ]
        }
    }

    private static func status(
        _ pod: StoredObject, _ phase: String, isReady: Bool, _ state: JSONValue, last: JSONValue? = nil,
        restarts: Int64 = 0
    ) -> JSONValue {
        let time = pod.json[path: ["metadata", "creationTimestamp"]] ?? ""
        func condition(_ type: String, _ isTrue: Bool) -> JSONValue {
            ["type": .string(type), "status": isTrue ? "True" : "False", "lastTransitionTime": time]
        }
        let containers = (pod.json[path: ["spec", "containers"]]?.array ?? []).map { container -> JSONValue in
            [
                "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "",
                "ready": .bool(isReady),
                "started": .bool(isReady), "restartCount": .integer(restarts), "state": state, "lastState": last ?? [:],
            ]
        }
        return [
            "phase": .string(phase), "startTime": time, "podIP": "10.0.0.1", "hostIP": "10.0.0.2",
            "conditions": [
                condition("PodScheduled", true), condition("Initialized", true), condition("ContainersReady", isReady),
                condition("Ready", isReady),
            ],
            "containerStatuses": .array(containers),
        ]
    }
}
