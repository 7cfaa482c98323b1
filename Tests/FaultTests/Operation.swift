import Cluster
import FakeCluster
import Kubernetes
import Testing

/// Something that the program does to a cluster, and how to see afterwards whether it is really so.
struct Operation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The requests that faults are to meet.
    let target: Fault.Target
    /// Whether doing it twice is as good as once, so that the client may try again by itself.
    let isRepeatable: Bool
    /// What an error has to name.
    let mention: String
    /// True when the answer itself, or the cluster, shows that it is done.
    let perform: @Sendable (ClusterClient, FakeCluster) async throws(ClusterError) -> Bool

    init(
        _ name: String, _ target: Fault.Target, isRepeatable: Bool, mention: String,
        _ perform: @escaping @Sendable (ClusterClient, FakeCluster) async throws(ClusterError) -> Bool
    ) {
        testDescription = name
        self.target = target
        self.isRepeatable = isRepeatable
        self.mention = mention
        self.perform = perform
    }

    static let all = [list, discovery, watch, apply, scale, delete, lock, exec, log]

    static let list = Operation("list", .list, isRepeatable: true, mention: "configmaps") {
        client, _ throws(ClusterError) in
        let list = try await client.list(ObjectSelection(.configMap, namespace: "test"))
        return list.items.map(\.name) == ["target"]
    }

    static let discovery = Operation("discovery", .discovery, isRepeatable: true, mention: "/api") {
        client, _ throws(ClusterError) in
        try await client.discovery().lookup(kind: "Deployment", group: "apps") == .deployment
    }

    static let watch = Operation("watch", .watch, isRepeatable: true, mention: "configmaps") {
        client, cluster throws(ClusterError) in
        var mark = ""
        for try await event in client.watch(ObjectSelection(.configMap, namespace: "test")) {
            switch event {
            case .restarted:
                mark = String(UInt32.random(in: 0...UInt32.max))
                let text = mark
                do {
                    try cluster.change(.configMap, "target") { $0[path: ["data", "seen"]] = .string(text) }
                } catch {
                    Issue.record(error)
                }
            case .modified(let object): return object[path: ["data", "seen"]] == .string(mark)
            default: break
            }
        }
        return false
    }

    static let apply = Operation("apply", .apply, isRepeatable: true, mention: "applied") {
        client, cluster throws(ClusterError) in
        let object = KubernetesObject([
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "applied"], "data": ["a": "1"],
        ])
        let answer = try await client.send(.serverSideApply(object, .configMap, namespace: "test"))
        return answer.object.name == "applied"
            && cluster.object(.configMap, "applied")?[path: ["data", "a"]] == "1"
    }

    static let scale = Operation("scale", .scale, isRepeatable: false, mention: "deployments/target") {
        client, cluster throws(ClusterError) in
        let answer = try await client.send(.scale(.deployment, namespace: "test", name: "target", replicas: 2))
        return answer.object[path: ["spec", "replicas"]] == 2
            && cluster.object(.deployment, "target")?[path: ["spec", "replicas"]] == 2
    }

    static let delete = Operation("delete", .delete, isRepeatable: false, mention: "configmaps/target") {
        client, cluster throws(ClusterError) in
        _ = try await client.send(.delete(.configMap, namespace: "test", name: "target"))
        return cluster.object(.configMap, "target") == nil
    }

    static let lock = Operation("lock", .lease, isRepeatable: false, mention: "leases") {
        client, cluster throws(ClusterError) in
        let lease = KubernetesObject([
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "lock"],
            "spec": ["holderIdentity": "me", "leaseDurationSeconds": 30],
        ])
        _ = try await client.send(.create(lease, .lease, namespace: "test"))
        return cluster.object(.lease, "lock")?[path: ["spec", "holderIdentity"]] == "me"
    }

    static let exec = Operation("exec", .exec, isRepeatable: true, mention: "target") {
        client, _ throws(ClusterError) in
        let result = try await client.run(
            ExecTarget(namespace: "test", pod: "target"), ["echo", "done"], timeout: client.settings.requestTimeout)
        return result.status.isSuccess && result.outputText == "done\n"
    }

    static let log = Operation("log", .log, isRepeatable: true, mention: "target") {
        client, _ throws(ClusterError) in
        try await client.logText(namespace: "test", pod: "target") == "one\ntwo\n"
    }
}
