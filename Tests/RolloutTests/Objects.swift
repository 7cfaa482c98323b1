import Kubernetes

/// Objects as an API server gives them, short to write.
enum Make {
    static func object(
        _ apiVersion: String, _ kind: String, _ name: String, uid: String? = nil, owner: String? = nil,
        generation: Int = 1,
        labels: [String: String] = [:], annotations: [String: String] = [:], spec: JSONValue = [:],
        status: JSONValue = [:]
    ) -> KubernetesObject {
        var object = KubernetesObject([
            "apiVersion": .string(apiVersion), "kind": .string(kind),
            "metadata": [
                "name": .string(name), "namespace": "ops", "uid": .string(uid ?? "uid-\(name)"), "resourceVersion": "1",
            ],
            "spec": spec, "status": status,
        ])
        object[path: ["metadata", "generation"]] = .integer(Int64(generation))
        if !labels.isEmpty { object.labels = labels }
        if !annotations.isEmpty { object.annotations = annotations }
        if let owner { object[path: ["metadata", "ownerReferences"]] = [["uid": .string(owner), "controller": true]] }
        return object
    }

    /// A Deployment in its second revision.
    static func deployment(
        desired: Int = 2, updated: Int = 2, available: Int = 2, all: Int? = nil, generation: Int = 2, observed: Int = 2,
        conditions: JSONValue = [], spec: JSONValue = [:]
    ) -> KubernetesObject {
        var spec = spec
        spec["replicas"] = .integer(Int64(desired))
        return object(
            "apps/v1", "Deployment", "web", generation: generation,
            annotations: ["deployment.kubernetes.io/revision": "2"],
            spec: spec,
            status: [
                "observedGeneration": .integer(Int64(observed)),
                "replicas": .integer(Int64(all ?? max(updated, available))),
                "updatedReplicas": .integer(Int64(updated)), "availableReplicas": .integer(Int64(available)),
                "conditions": conditions,
            ])
    }

    static func replicaSets() -> [KubernetesObject] {
        [1, 2].map { revision in
            object(
                "apps/v1", "ReplicaSet", "web-\(revision)", owner: "uid-web",
                annotations: ["deployment.kubernetes.io/revision": String(revision)])
        }
    }

    static func statefulSet(
        desired: Int = 2, ready: Int = 2, updated: Int = 2, all: Int? = nil, observed: Int = 1, settled: Bool = true,
        spec: JSONValue = [:]
    ) -> KubernetesObject {
        var spec = spec
        spec["replicas"] = .integer(Int64(desired))
        return object(
            "apps/v1", "StatefulSet", "db", spec: spec,
            status: [
                "observedGeneration": .integer(Int64(observed)), "replicas": .integer(Int64(all ?? ready)),
                "readyReplicas": .integer(Int64(ready)), "updatedReplicas": .integer(Int64(updated)),
                "currentRevision": settled ? "db-new" : "db-old", "updateRevision": "db-new",
            ])
    }

    static func replicaSet(
        desired: Int = 2, ready: Int = 2, all: Int? = nil, conditions: JSONValue = []
    ) -> KubernetesObject {
        object(
            "apps/v1", "ReplicaSet", "worker", spec: ["replicas": .integer(Int64(desired))],
            status: [
                "observedGeneration": 1, "replicas": .integer(Int64(all ?? ready)),
                "readyReplicas": .integer(Int64(ready)),
                "availableReplicas": .integer(Int64(ready)), "conditions": conditions,
            ])
    }

    static func pod(
        _ name: String = "web-2-a", owner: String = "uid-web-2", labels: [String: String] = [:],
        annotations: [String: String] = [:], phase: String = "Running", ready: Bool = false, statuses: JSONValue = [],
        initStatuses: JSONValue = [], conditions: [JSONValue] = [], spec: JSONValue = ["nodeName": "node1"],
        more: [String: JSONValue] = [:]
    ) -> KubernetesObject {
        var status: JSONValue = [
            "phase": .string(phase),
            "conditions": .array([["type": "Ready", "status": ready ? "True" : "False"]] + conditions),
            "containerStatuses": statuses, "initContainerStatuses": initStatuses,
        ]
        for (key, value) in more { status[key] = value }
        return object(
            "v1", "Pod", name, owner: owner, labels: labels, annotations: annotations, spec: spec, status: status)
    }

    static func waiting(
        _ reason: String, _ message: String = "", restarts: Int = 0, last: JSONValue? = nil
    ) -> JSONValue {
        var status: JSONValue = [
            "name": "main", "ready": false, "restartCount": .integer(Int64(restarts)),
            "state": ["waiting": ["reason": .string(reason), "message": .string(message)]],
        ]
        if let last { status["lastState"] = ["terminated": last] }
        return status
    }

    static func crashed(code: Int = 1, reason: String = "Error", message: String = "no such table") -> JSONValue {
        ["exitCode": .integer(Int64(code)), "reason": .string(reason), "message": .string(message)]
    }

    static func crashLoop(restarts: Int = 1, _ last: JSONValue = crashed()) -> JSONValue {
        waiting("CrashLoopBackOff", "back-off 10s restarting failed container", restarts: restarts, last: last)
    }

    static func running(ready: Bool, restarts: Int = 0, last: JSONValue? = nil, started: Bool = true) -> JSONValue {
        var status: JSONValue = [
            "name": "main", "ready": .bool(ready), "restartCount": .integer(Int64(restarts)), "started": .bool(started),
            "state": ["running": [:]],
        ]
        if let last { status["lastState"] = ["terminated": last] }
        return status
    }

    static func event(
        _ reason: String, _ message: String, about object: KubernetesObject, version: String = "1"
    ) -> KubernetesObject {
        var event = KubernetesObject([
            "apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": .string(reason),
            "message": .string(message),
            "metadata": [
                "name": .string("\(object.name).\(reason)"), "namespace": "ops", "resourceVersion": .string(version),
            ],
            "involvedObject": ["uid": .string(object.uid), "kind": .string(object.kind)],
            "lastTimestamp": "2026-01-01T00:00:00Z",
        ])
        event[path: ["metadata", "uid"]] = .string("uid-event-\(object.name)-\(reason)")
        return event
    }
}
