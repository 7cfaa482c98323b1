import Cluster
import FakeCluster
import HySDS
import Kubernetes
import Operations
import Testing

@Suite("What verbs cost the API server", .timeLimit(.minutes(10)))
struct VerbCostTests {
    @Test("A first start applies many objects at once, and a second has nothing to do for a few reads")
    func start() async throws {
        try await System.run(latency: .milliseconds(60)) { system in
            let outcome = try await system.start()
            #expect(!outcome.plan.isEmpty)
            #expect(system.cluster.ledger.mostInFlight >= 16)

            system.cluster.ledger.reset()
            let plan = try await Start(System.everything).plan(system.session("start all"))
            #expect(plan.isEmpty, "\(plan.steps.map(\.id))")
            #expect(system.cluster.ledger.writes.isEmpty)
            let requests = system.cluster.ledger.requests
            // A list per kind, and two more.
            #expect(requests.count <= Set(requests.map(\.path)).count + 2)
            #expect(requests.count <= 8, "\(requests.map(\.path))")
        }
    }

    @Test("Planning never writes", arguments: ["start", "update", "stop"])
    func planning(verb: String) async throws {
        try await System.run { system in
            for isRunning in [false, true] {
                if isRunning { _ = try await system.start() }
                system.cluster.ledger.reset()
                let session = system.session(verb)
                switch verb {
                case "start": _ = try await Start(System.everything).plan(session)
                case "update": _ = try await Update(System.everything).plan(session)
                default: _ = try await Stop(System.everything, limit: .perQueue).plan(session)
                }
                #expect(system.cluster.ledger.writes.isEmpty, "\(verb), running: \(isRunning)")
            }
        }
    }

    @Test("Stopping empties the namespace of pods of all but stores, and starting brings the same counts back")
    func stopAndStart() async throws {
        try await System.run { system in
            _ = try await system.start()
            let before = Self.replicas(system)
            _ = try await system.stop()
            let left = system.cluster.names(.pod).filter { !Self.isKept($0) }
            #expect(left.isEmpty, "\(left)")
            let again = try await Stop(System.everything, limit: .perQueue).plan(system.session("stop all"))
            #expect(again.isEmpty, "\(again.steps.map(\.id))")
            _ = try await system.start()
            #expect(Self.replicas(system) == before)
        }
    }

    /// Pods of stores, and those of set-up Jobs that have ended.
    private static func isKept(_ pod: String) -> Bool {
        ["-es-", "-redis-", "-rabbitmq-", "-setup-"].contains { pod.contains($0) }
    }

    private static func replicas(_ system: System) -> [String: Int] {
        var counts: [String: Int] = [:]
        for type in [ResourceType.deployment, .statefulSet, .replicaSet] {
            for name in system.cluster.names(type) {
                guard let object = system.cluster.object(type, name),
                    object[path: ["metadata", "ownerReferences"]] == nil
                else { continue }
                counts["\(type.plural)/\(name)"] = object[path: ["spec", "replicas"]]?.integer
            }
        }
        return counts
    }
}
