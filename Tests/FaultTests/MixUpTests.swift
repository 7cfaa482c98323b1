import Cluster
import FakeCluster
import Kubernetes
import Testing

@Suite("Many requests over few connections", .timeLimit(.minutes(5)))
struct MixUpTests {
    @Test("Each request gets its own answer while watches come and go beside", arguments: 0..<4)
    func ownAnswers(round: Int) async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            for skip in 0..<10 {
                cluster.inject(Fault(.watch, .say(200, body: "", type: "application/json"), skip: skip))
            }
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            let watching = Task {
                try await withThrowingTaskGroup { group in
                    for type in [ResourceType.configMap, .deployment, .pod, .service, .job] {
                        group.addTask {
                            for try await _ in client.watch(ObjectSelection(type, namespace: "test")) {}
                        }
                    }
                    try await group.waitForAll()
                }
            }
            for batch in 0..<6 {
                let names = (0..<48).map { "c\(round)-\(batch)-\($0)" }
                let requests = names.map { name in
                    let object = KubernetesObject([
                        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
                        "data": ["text": .string(String(repeating: "x", count: 4000))],
                    ])
                    return APIRequest.serverSideApply(object, .configMap, namespace: "test")
                }
                let answers = await client.all(requests)
                for (name, answer) in zip(names, answers) {
                    #expect(try answer.get().object.name == name)
                    #expect(cluster.object(.configMap, name) != nil)
                }
            }
            watching.cancel()
            _ = await watching.result
            // The five watches have one each, and some of them two; the applies share theirs.
            #expect(cluster.ledger.connections <= 25, "\(cluster.ledger.connections) connections")
        }
    }
}
