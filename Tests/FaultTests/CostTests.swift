import Cluster
import FakeCluster
import Kubernetes
import Testing

@Suite("What things cost the API server")
struct CostTests {
    @Test("Forty applies are on their way together")
    func concurrency() async throws {
        var settings = FakeClusterSettings()
        settings.latency = .milliseconds(100)
        try await FakeCluster.run(settings) { cluster in
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            let requests = (0..<40).map { number in
                APIRequest.serverSideApply(
                    KubernetesObject([
                        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string("c\(number)")],
                    ]), .configMap, namespace: "test")
            }
            let answers = await client.all(requests)
            #expect(answers.allSatisfy { (try? $0.get()) != nil })
            #expect(cluster.ledger.mostInFlight >= 16)
            #expect(cluster.ledger.writes.count == 40)
            #expect(client.counts.requests == 40)
        }
    }

    @Test("Discovery is two requests on a new server, and asked once", arguments: [(30, 2), (20, 15)])
    func discovery(minor: Int, most: Int) async throws {
        var settings = FakeClusterSettings()
        settings.minor = minor
        try await FakeCluster.run(settings) { cluster in
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            _ = try await client.discovery()
            _ = try await client.discovery()
            #expect(cluster.ledger.requests.count <= most)
        }
    }
}
