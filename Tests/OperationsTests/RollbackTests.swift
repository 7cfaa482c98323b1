import HySDS
import Kubernetes
import Testing

@testable import Operations

@Suite("What a rollback goes to")
struct RollbackTests {
    private static let early = "2026-01-01T00:00:00Z"
    private static let late = "2026-01-02T00:00:00Z"

    private func wanted(_ sequence: Int, _ time: String, _ release: String) throws -> WantedRelease {
        var wanted = try SmallSystem.revision("mozart-rest", sequence, release: release).wanted
        wanted.time = time
        return wanted
    }

    private func kept(_ revisions: [(String, Int, String)]) throws -> Revisions {
        try Revisions(
            try revisions.map { try SmallSystem.revision($0.0, $0.1, release: $0.2).record(namespace: "test") })
    }

    @Test func `workloads that took no part in the last change stay`() throws {
        let rollback = try Rollback("mozart", to: nil, site: SmallSystem.system.get())
        var notes: [String] = []
        let targets = try rollback.targets(
            seeing: [
                "mozart-rest": try wanted(3, Self.late, "c"), "orchestrator-jobs": try wanted(2, Self.early, "b"),
            ],
            try kept([
                ("mozart-rest", 3, "c"), ("mozart-rest", 2, "b"), ("orchestrator-jobs", 2, "b"),
                ("orchestrator-jobs", 1, "a"),
            ])
        ) { notes.append($0) }
        #expect(targets.mapValues(\.wanted.sequence) == ["mozart-rest": 2])
        #expect(notes == ["orchestrator-jobs took no part in the last change (update mozart): it stays as it is"])
    }

    @Test func `a sequence number goes to all workloads when all have it`() throws {
        let rollback = try Rollback("mozart", to: 2, site: SmallSystem.system.get())
        let targets = try rollback.targets(
            seeing: [
                "mozart-rest": try wanted(3, Self.late, "c"), "orchestrator-jobs": try wanted(2, Self.early, "b"),
            ],
            try kept([("mozart-rest", 3, "c"), ("mozart-rest", 2, "b"), ("orchestrator-jobs", 2, "b")])
        ) { _ in }
        #expect(targets.mapValues(\.wanted.sequence) == ["mozart-rest": 2])
    }

    @Test func `a sequence number that one workload lacks is refused with the numbers that it has`() throws {
        let rollback = try Rollback("mozart", to: 1, site: SmallSystem.system.get())
        #expect {
            try rollback.targets(
                seeing: [
                    "mozart-rest": try wanted(3, Self.late, "c"), "orchestrator-jobs": try wanted(2, Self.early, "b"),
                ],
                try kept([
                    ("mozart-rest", 3, "c"), ("mozart-rest", 2, "b"), ("orchestrator-jobs", 2, "b"),
                    ("orchestrator-jobs", 1, "a"),
                ])
            ) { _ in }
        } throws: { error in
            let error = error as? OperationError
            return error?.exitCode == 2 && error?.message == "not all of 'mozart' has a revision 1"
                && error?.causes == ["mozart-rest has 3, 2"]
                && error?.hint?.contains("sds rollback orchestrator-jobs --to 1") == true
        }
    }

    @Test func `a number that nothing has is an error`() throws {
        let rollback = try Rollback("mozart", to: 9, site: SmallSystem.system.get())
        #expect {
            try rollback.targets(seeing: ["mozart-rest": try wanted(3, Self.late, "c")], try kept([])) { _ in }
        } throws: {
            ($0 as? OperationError)?.message == "nothing of 'mozart' has a revision 9"
        }
    }

    @Test func `without an earlier revision there is nothing to go back to`() throws {
        let rollback = try Rollback("mozart-rest", to: nil, site: SmallSystem.system.get())
        #expect(throws: OperationError.self) {
            try rollback.targets(
                seeing: ["mozart-rest": try wanted(1, Self.late, "a")], try kept([("mozart-rest", 1, "a")])
            ) { _ in }
        }
    }

    @Test(arguments: ["mozart-redis", "mozart-setup", "no-such"])
    func `what runs no code can't be rolled back`(word: String) throws {
        #expect(throws: OperationError.self) { try Rollback(word, to: nil, site: SmallSystem.system.get()) }
    }

    @Test func `a worker's pods are replaced, a stopped workload is only changed, and records come first`() throws {
        let session = try SmallSystem.session("rollback mozart")
        let state = ClusterState(
            [
                SmallSystem.live(try SmallSystem.object("orchestrator-jobs", sequence: 2), replicas: 1),
                SmallSystem.live(try SmallSystem.object("mozart-rest", sequence: 2), replicas: 0, remembered: 2),
            ], records: SmallSystem.records([:]))
        var builder = PlanBuilder(session: session, state: state)
        let revisions = try ["mozart-rest", "orchestrator-jobs"].map { try SmallSystem.revision($0, 3) }
        builder.goTo(Dictionary(uniqueKeysWithValues: revisions.map { ($0.workload, $0) }))
        #expect(
            Set(builder.plan.steps.map(\.id)) == [
                "record the wanted releases of 2 workloads", "create configmap/sds-revision-mozart-rest-3",
                "create configmap/sds-revision-orchestrator-jobs-3", "apply deployment/mozart-rest",
                "apply replicaset/orchestrator-jobs", "replace pods of orchestrator-jobs",
                "wait until orchestrator-jobs serves",
            ])
        let applied = try #require(builder.plan.steps.first { $0.id == "apply replicaset/orchestrator-jobs" })
        #expect(applied.after.contains("create configmap/sds-revision-orchestrator-jobs-3"))
        let kept = try #require(builder.plan.steps.first { $0.id == "create configmap/sds-revision-mozart-rest-3" })
        #expect(kept.after == ["record the wanted releases of 2 workloads"])
    }
}
