import HySDS
import Kubernetes
import Testing

@testable import Operations

@Suite("Plans")
struct PlanBuilderTests {
    private func builder(_ objects: [KubernetesObject]) throws -> PlanBuilder {
        PlanBuilder(session: try SmallSystem.session(), state: ClusterState(objects, records: SmallSystem.records([:])))
    }

    @Test func `a stopped workload comes back to the count that stop remembered`() throws {
        let live = SmallSystem.live(try SmallSystem.object("mozart-rest"), replicas: 0, remembered: 4)
        var builder = try builder([live])
        builder.bringUp(try SmallSystem.workload("mozart-rest"), after: [])
        #expect(builder.plan.steps.map(\.action.title).first == "scale deployment/mozart-rest from 0 to 4")
        #expect(builder.plan.steps.map(\.id).last == "wait until mozart-rest serves")
    }

    @Test func `stop remembers the count, drains a worker, then waits`() throws {
        let live = SmallSystem.live(try SmallSystem.object("orchestrator-jobs"), replicas: 3)
        var builder = try builder([live])
        builder.bringDown(try SmallSystem.workload("orchestrator-jobs"), limit: .now, after: [])
        #expect(
            builder.plan.steps.map(\.action.title) == [
                "scale replicaset/orchestrator-jobs from 3 to 0",
                "drain orchestrator-jobs: its jobs go back to their queue at once",
                "wait until orchestrator-jobs is gone",
            ])
        guard case .scale(_, _, _, _, let remembered) = builder.plan.steps[0].action else {
            Issue.record("the first step scales")
            return
        }
        #expect(remembered == 3)
    }

    @Test func `a remembered count is never overwritten, and what is stopped needs nothing`() throws {
        let live = SmallSystem.live(try SmallSystem.object("mozart-rest"), replicas: 0, remembered: 4)
        var builder = try builder([live])
        builder.bringDown(try SmallSystem.workload("mozart-rest"), limit: .perQueue, after: [])
        #expect(builder.plan.isEmpty)
    }

    @Test func `workloads stop in the reverse of the order in which they start`() throws {
        let names = ["mozart-rest", "mozart-redis"]
        var builder = try builder(try names.map { SmallSystem.live(try SmallSystem.object($0), replicas: 1) })
        builder.lower(try names.map(SmallSystem.workload), limit: .perQueue)
        let store = try #require(builder.plan.steps.first { $0.id == "scale statefulset/mozart-redis to 0" })
        #expect(store.after == ["wait until mozart-rest is gone"])
    }

    @Test func `the same step twice is one step that waits for both`() throws {
        var builder = try builder([])
        builder.add(.pause([:]), after: ["a"])
        builder.add(.pause([:]), after: ["b"])
        #expect(builder.plan.steps.map(\.after) == [["a", "b"]])
    }

    @Test func `a plan shows no secret`() throws {
        var secret = KubernetesObject(["apiVersion": "v1", "kind": "Secret", "data": ["password": "aHVudGVyMg=="]])
        secret.name = "mozart-rest-files"
        var builder = try builder([])
        builder.add(.apply(secret))
        let text = String(describing: builder.plan.steps.map(\.action.title))
        #expect(text == "[\"apply secret/mozart-rest-files\"]")
    }
}
