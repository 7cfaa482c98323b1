import Cluster
import FakeCluster
import Kubernetes
import Testing

/// One cell of the matrix: an operation under a fault, held against the invariants.
struct Cell {
    /// - Parameter timeout: Long where something heals, for test machines are busy; short where nothing will.
    static func settings(timeout: Duration = .seconds(20)) -> ClientSettings {
        ClientSettings(requestTimeout: timeout, connectTimeout: timeout / 2, watchPatience: timeout)
    }

    static func furnish(_ cluster: FakeCluster) throws {
        try cluster.create([
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "target"], "data": ["a": "1"],
        ])
        try cluster.create([
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "target"],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app": "target"]],
                "template": [
                    "metadata": ["labels": ["app": "target"]],
                    "spec": ["containers": [["name": "main", "image": "busybox"]]],
                ],
            ],
        ])
        try cluster.createPod("target")
        cluster.log(["one", "two"], pod: "target")
    }

    /// Nil when the operation said that it is done.
    static func outcome(
        of operation: Operation, _ client: ClusterClient, _ cluster: FakeCluster
    ) async -> ClusterError? {
        let start = ContinuousClock.now
        let result: Result<Bool, ClusterError>
        do throws(ClusterError) {
            result = .success(try await operation.perform(client, cluster))
        } catch {
            result = .failure(error)
        }
        #expect(start.duration(to: .now) < client.settings.requestTimeout + .seconds(5), "I5: it ends in time")
        switch result {
        case .success(let isDone):
            #expect(isDone, "I1: success only when it is done")
            return nil
        case .failure(let error):
            #expect(error.description.contains(operation.mention), "I6: the error names its target: \(error)")
            #expect(error.message.count > 4, "I6: the error names a cause: \(error)")
            return error
        }
    }
}
