import Cluster
import FakeCluster
import Kubernetes
import Synchronization
import Testing

@Suite("Credentials that change or fail")
struct CredentialFaultTests {
    @Test("Many requests refused together renew the token once")
    func rotation() async throws {
        var settings = FakeClusterSettings()
        settings.tokens = ["new"]
        settings.latency = .milliseconds(20)
        try await FakeCluster.run(settings) { cluster in
            try Cell.furnish(cluster)
            let renewals = Mutex(0)
            let token = Mutex("old")
            var access = cluster.access
            access.credential = { renew in
                if renew {
                    renewals.withLock { $0 += 1 }
                    token.withLock { $0 = "new" }
                }
                return Credential(authorization: .bearer(token.withLock(\.self)))
            }
            let client = try ClusterClient(access, settings: Cell.settings())
            let requests = (0..<20).map { _ in APIRequest.get(.configMap, namespace: "test", name: "target") }
            let answers = await client.all(requests)
            #expect(answers.allSatisfy { (try? $0.get()) != nil })
            #expect(renewals.withLock(\.self) == 1)
        }
    }

    @Test("A token that expires while a watch runs is renewed")
    func expiryDuringWatch() async throws {
        var settings = FakeClusterSettings()
        settings.tokens = ["first"]
        try await FakeCluster.run(settings) { cluster in
            try Cell.furnish(cluster)
            let token = Mutex("first")
            var access = cluster.access
            access.credential = { renew in
                if renew { token.withLock { $0 = "second" } }
                return Credential(authorization: .bearer(token.withLock(\.self)))
            }
            let client = try ClusterClient(access, settings: Cell.settings())
            var events = 0
            for try await event in client.watch(ObjectSelection(.configMap, namespace: "test")) {
                events += 1
                guard case .restarted = event else {
                    break
                }
                cluster.accept(tokens: ["second"])
                cluster.endWatches()
                try cluster.change(.configMap, "target") { $0[path: ["data", "b"]] = "2" }
            }
            #expect(events == 2)
        }
    }

    @Test("A source that fails ends the request, with its words")
    func failingSource() async throws {
        struct Broken: Error, CustomStringConvertible { let description = "the plugin has left" }
        try await FakeCluster.run { cluster in
            var access = cluster.access
            access.credential = { _ in throw Broken() }
            let client = try ClusterClient(access, settings: Cell.settings())
            do throws(ClusterError) {
                _ = try await client.send(.version)
                Issue.record("it was let in")
            } catch {
                #expect(error.kind == .credential)
                #expect(error.message.contains("the plugin has left"))
            }
            #expect(cluster.ledger.requests.isEmpty)
        }
    }

    @Test("No token shows in an error")
    func secrecy() async throws {
        var settings = FakeClusterSettings()
        settings.tokens = []
        try await FakeCluster.run(settings) { cluster in
            let client = try ClusterClient(cluster.access(token: "open-sesame"), settings: Cell.settings())
            let error = await Cell.outcome(
                of: Operation("version", .any, isRepeatable: true, mention: "/version") {
                    client, _ throws(ClusterError) in
                    _ = try await client.send(.version)
                    return true
                }, client, cluster)
            #expect(error?.kind == .unauthorized)
            #expect(!String(reflecting: error).contains("open-sesame"))
        }
    }
}
