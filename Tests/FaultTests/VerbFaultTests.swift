import Cluster
import FakeCluster
import HySDS
import Kubernetes
import Operations
import Testing

@Suite("Verbs on a cluster that has trouble", .timeLimit(.minutes(10)))
struct VerbFaultTests {
    /// Trouble that comes several times in the course of a verb.
    static let weather: [(name: String, faults: [Fault])] = [
        ("calm", []),
        (
            "429 now and then",
            (0..<6).map { Fault(.any, .refuse(429, reason: "TooManyRequests", retryAfter: 1), skip: $0 * 9) }
        ),
        (
            "503 with Retry-After",
            (0..<4).map { Fault(.any, .refuse(503, reason: "ServiceUnavailable", retryAfter: 1), skip: $0 * 13) }
        ),
        ("watches that end", (0..<8).map { Fault(.watch, .say(200, body: "", type: "application/json"), skip: $0) }),
        ("watches that are reset", (0..<6).map { Fault(.watch, .drop(reset: true), skip: $0 * 2) }),
        ("a 401 on the way", [Fault(.any, .refuse(401, reason: "Unauthorized", retryAfter: nil), skip: 20)]),
        ("slow bytes", [Fault(.read, .slow(bytes: 200, pause: .milliseconds(1)), times: 20)]),
        ("GOAWAY twice", [Fault(.any, .goAway, skip: 10), Fault(.any, .goAway, skip: 40)]),
    ]

    @Test("Start comes through weather that heals", arguments: weather.map(\.name))
    func start(name: String) async throws {
        try await System.run { system in
            for fault in Self.weather.first(where: { $0.name == name })?.faults ?? [] { system.cluster.inject(fault) }
            _ = try await system.start([.grq])
            #expect(name == "calm" || system.cluster.struck > 0)
            try await Self.expectAllServes(system, [.grq])
        }
    }

    @Test("Whatever breaks on the way, running start again converges", arguments: 0..<8)
    func convergence(seed: Int) async throws {
        let effects: [Fault.Effect] = [
            .vanish(reset: true), .drop(reset: true), .refuse(500, reason: "InternalError", retryAfter: nil),
            .say(502, body: "<html>", type: "text/html"),
        ]
        try await System.run { system in
            let effect = effects[seed % effects.count]
            system.cluster.inject(Fault(.write, effect, skip: seed * 7))
            system.cluster.inject(Fault(.write, effect, skip: seed * 11 + 3))
            do {
                _ = try await system.start([.grq])
            } catch {
                let error = OperationError(error)
                #expect(!error.message.isEmpty)
                #expect(error.exitCode != 0)
                system.cluster.clearFaults()
                // A lock whose holder got no answer frees itself within 30 s.
                _ = try await system.start([.grq], lockWait: .seconds(45))
            }
            system.cluster.clearFaults()
            try await Self.expectAllServes(system, [.grq])
            Self.expectFreeLock(system)
        }
    }

    @Test("A lock that somebody holds is waited for, then its holder is named")
    func heldLock() async throws {
        try await System.run { system in
            try Self.hold(system, by: "maria@elsewhere")
            do {
                _ = try await Start([.grq])(system.session("start grq", lockWait: .seconds(2)))
                Issue.record("it started")
            } catch {
                let error = OperationError(error)
                #expect(error.kind == .held)
                #expect(error.exitCode == 3)
                #expect(error.description.contains("maria@elsewhere"))
            }
            let left = system.cluster.ledger.writes.filter { !$0.path.contains("/leases") }
            #expect(left.isEmpty, "nothing is written without the lock: \(left.map(\.path))")
        }
    }

    @Test("Of two who start at the same time both succeed, one after the other")
    func race() async throws {
        try await System.run { system in
            async let one = Start(System.everything)(system.session("start all", lockWait: .seconds(60)))
            async let two = Start(System.everything)(system.session("start all", lockWait: .seconds(60)))
            let outcomes = try await [one, two]
            #expect(outcomes.contains { !$0.plan.isEmpty })
            try await Self.expectAllServes(system)
            Self.expectFreeLock(system)
        }
    }

    @Test("A right that is missing ends the verb, and nothing is made")
    func forbidden() async throws {
        try await System.run { system in
            system.cluster.inject(Fault(.write, .refuse(403, reason: "Forbidden", retryAfter: nil), times: nil))
            do {
                _ = try await system.start()
                Issue.record("it started")
            } catch {
                let error = OperationError(error)
                #expect(error.kind == .forbidden)
                #expect(error.exitCode == 4)
            }
            #expect(system.cluster.names(.deployment).isEmpty)
        }
    }

    static func expectAllServes(_ system: System, _ components: [Component] = System.everything) async throws {
        let plan = try await Start(components).plan(system.session("start"))
        #expect(plan.isEmpty, "I1: what start reported done is done: \(plan.steps.map(\.id))")
    }

    static func expectFreeLock(_ system: System) {
        for name in system.cluster.names(.lease) {
            let holder = system.cluster.object(.lease, name)?[path: ["spec", "holderIdentity"]]?.string ?? ""
            #expect(holder.isEmpty, "I4: the lock is free again, not held by \(holder)")
        }
    }

    private static func hold(_ system: System, by holder: String) throws {
        try system.cluster.create([
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "sds-lock"],
            "spec": [
                "holderIdentity": .string(holder), "leaseDurationSeconds": 30,
                "acquireTime": "2026-01-01T00:00:00.000000Z",
            ],
        ])
    }
}
