import Cluster
import FakeCluster
import FoundationEssentials
import Kubernetes
import Testing

@Suite("No way to the API server", .timeLimit(.minutes(5)))
struct ConnectionFaultTests {
    @Test("A refused connection is told at once, with the server's address", arguments: Operation.all)
    func refused(operation: Operation) async throws {
        try await FakeCluster.run { cluster in
            try await cluster.stopListening()
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            let start = ContinuousClock.now
            let error = await Cell.outcome(of: operation, client, cluster)
            #expect(error?.kind == .unreachable)
            #expect(error?.description.contains("127.0.0.1:\(cluster.port)") == true)
            #expect(start.duration(to: .now) < .seconds(10))
        }
    }

    @Test("A name that isn't known is told with the name")
    func unknownName() async throws {
        try await FakeCluster.run { cluster in
            let access = cluster.access(token: "tester", host: "nowhere.invalid")
            let client = try ClusterClient(access, settings: Cell.settings())
            let error = await Cell.outcome(of: .list, client, cluster)
            #expect(error?.kind == .unreachable || error?.kind == .timeout)
            #expect(error?.description.contains("nowhere.invalid") == true)
        }
    }

    struct BadCertificate: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let certificate: TestCertificate
        var isTrusted = true

        static let all = [
            BadCertificate(
                testDescription: "expired",
                certificate: TestCertificate(
                    from: Date.now.addingTimeInterval(-7200), until: Date.now.addingTimeInterval(-3600))),
            BadCertificate(
                testDescription: "not yet valid",
                certificate: TestCertificate(
                    from: Date.now.addingTimeInterval(3600), until: Date.now.addingTimeInterval(7200))),
            BadCertificate(
                testDescription: "another host's",
                certificate: TestCertificate(names: ["elsewhere.example.org"], addresses: [[10, 9, 8, 7]])),
            BadCertificate(testDescription: "an unknown authority's", certificate: TestCertificate(), isTrusted: false),
        ]
    }

    @Test("A certificate that can't be trusted is refused", arguments: BadCertificate.all)
    func certificate(bad: BadCertificate) async throws {
        var settings = FakeClusterSettings()
        settings.certificate = bad.certificate
        try await FakeCluster.run(settings) { cluster in
            try Cell.furnish(cluster)
            var access = cluster.access
            if !bad.isTrusted { access.trust = .authorities(pem: TestCertificate.valid.certificate) }
            let client = try ClusterClient(access, settings: Cell.settings())
            for operation in [Operation.list, .apply, .exec] {
                #expect(await Cell.outcome(of: operation, client, cluster)?.kind == .tls)
            }
            #expect(cluster.ledger.requests.isEmpty)
        }
    }

    @Test("A server that restarts is waited for", arguments: [Operation.list, .apply, .scale, .delete])
    func restart(operation: Operation) async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            _ = try await client.send(.version)
            try await cluster.stopListening()
            // The connection that exists ends with the old server.
            cluster.inject(Fault(.read, .drop(reset: false)))
            async let lost: Void = { _ = try? await client.get("/readyz") }()
            while cluster.ledger.requests.count < 2 { try await Task.sleep(for: .milliseconds(10)) }
            try await Task.sleep(for: .milliseconds(200))
            async let outcome = Cell.outcome(of: operation, client, cluster)
            try await Task.sleep(for: .milliseconds(700))
            try await cluster.resumeListening()
            #expect(await outcome == nil)
            await lost
        }
    }
}
