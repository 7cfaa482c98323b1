import Cluster
import FakeCluster
import Kubernetes

extension Scene {
    enum Wish {
        case serves
        case ends(code: Int)
        case hasBadImage
        case fitsNowhere
    }

    /// A workload whose pods do what is wished; the fake is told so.
    func workload(_ type: ResourceType, _ name: String, replicas: Int = 1, _ wish: Wish = .serves) -> KubernetesObject {
        var container: JSONValue = [
            "name": "main", "image": .string(Self.image), "imagePullPolicy": "IfNotPresent",
            "command": ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"],
        ]
        var pod: JSONValue = ["terminationGracePeriodSeconds": 1]
        switch wish {
        case .serves: break
        case .ends(let code):
            container["command"] = ["sh", "-c", .string("exit \(code)")]
            fake?.setFate(code == 0 ? .good : .exits(code), of: name)
        case .hasBadImage:
            container["image"] = "localhost/none/such:1"
            fake?.setFate(.imagePullBackOff, of: name)
        case .fitsNowhere:
            pod["nodeSelector"] = ["none": "such"]
            fake?.setFate(.unschedulable, of: name)
        }
        pod["containers"] = [container]
        var spec: JSONValue = ["template": ["metadata": ["labels": ["app": .string(name)]], "spec": pod]]
        if type == .job {
            spec[path: ["template", "spec", "restartPolicy"]] = "Never"
            spec["backoffLimit"] = 0
        } else {
            spec["replicas"] = .integer(Int64(replicas))
            spec["selector"] = ["matchLabels": ["app": .string(name)]]
        }
        if type == .statefulSet {
            spec["serviceName"] = .string(name)
            spec["podManagementPolicy"] = "Parallel"
        }
        return KubernetesObject([
            "apiVersion": .string(type.apiVersion), "kind": .string(type.kind),
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": spec,
        ])
    }

    func create(_ object: KubernetesObject, _ type: ResourceType) async throws {
        _ = try await send(.create(object, type, namespace: namespace))
    }

    /// Waits for a state of one object.
    @discardableResult
    func wait(
        _ type: ResourceType, _ name: String, until isRight: @Sendable (KubernetesObject) -> Bool
    ) async throws -> KubernetesObject {
        let selection = ObjectSelection(type, namespace: namespace, fields: "metadata.name=\(name)")
        for try await observation in client.observe(selection) {
            if let object = observation.objects.values.first, isRight(object) { return object }
        }
        throw ClusterError(.cancelled, name, "the watch ended")
    }

    /// Waits for a state of a workload's pods.
    @discardableResult
    func waitForPods(
        of name: String, until isRight: @Sendable ([KubernetesObject]) -> Bool
    ) async throws -> [KubernetesObject] {
        for try await observation in client.observe(
            ObjectSelection(.pod, namespace: namespace, labels: "app=\(name)"))
        {
            let pods = observation.objects.values.sorted { $0.name < $1.name }
            if isRight(pods) { return pods }
        }
        throw ClusterError(.cancelled, name, "the watch ended")
    }
}

extension KubernetesObject {
    /// A status count; nil and 0 are the same.
    func count(_ field: String) -> Int { self[path: ["status", field]]?.integer ?? 0 }

    var isSettled: Bool { count("observedGeneration") >= generation }

    func condition(_ type: String) -> JSONValue? {
        (self[path: ["status", "conditions"]]?.array ?? []).first { $0["type"]?.string == type }
    }

    var isReady: Bool { condition("Ready")?["status"]?.string == "True" && !isBeingDeleted }
    var ownerKind: String? { self[path: ["metadata", "ownerReferences"]]?[0]?["kind"]?.string }
    var waitingReason: String? {
        self[path: ["status", "containerStatuses"]]?[0]?[path: ["state", "waiting", "reason"]]?.string
    }
}
