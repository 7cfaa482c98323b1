import HySDS
import Kubernetes
import Testing

@testable import Operations

@Suite("Workers that KEDA scales")
struct ScalerTests {
    private let site: Site
    private let worker: Workload

    init() throws {
        site = try SmallSystem.site("  keda: true\n")
        worker = try #require(site.topology["small"])
    }

    private func builder(replicas: Int?, remembered: Int? = nil, isPaused: Bool? = nil) throws -> PlanBuilder {
        let object = try SmallSystem.object("orchestrator-jobs")
        var live = object
        live.name = worker.name
        live.labels = worker.object.labels
        live.namespace = worker.namespace
        let objects = replicas.map { [SmallSystem.live(live, replicas: $0, remembered: remembered)] } ?? []
        var scaler = try #require(worker.companions.first { $0.kind == "ScaledObject" })
        scaler.namespace = worker.namespace
        if isPaused == true { scaler.annotations[Scaler.pause] = "0" }
        return PlanBuilder(
            session: try SmallSystem.session(of: site),
            state: ClusterState(
                objects, records: SmallSystem.records([:]), scalers: isPaused == nil ? [] : [scaler]))
    }

    @Test func `stop pauses the scaler before it scales`() throws {
        var builder = try builder(replicas: 3, isPaused: false)
        builder.bringDown(worker, limit: .now, after: [])
        #expect(
            builder.plan.steps.map(\.action.title).prefix(2) == [
                "pause scaledobject/small", "scale replicaset/small from 3 to 0",
            ])
        #expect(builder.plan.steps[1].after == ["pause scaledobject/small"])
    }

    @Test func `stop pauses a scaler whose workers are at 0, too, and is done then`() throws {
        var builder = try builder(replicas: 0, isPaused: false)
        builder.bringDown(worker, limit: .now, after: [])
        #expect(builder.plan.steps.map(\.action.title) == ["pause scaledobject/small"])
        builder = try self.builder(replicas: 0, isPaused: true)
        builder.bringDown(worker, limit: .now, after: [])
        #expect(builder.plan.isEmpty)
    }

    @Test func `start brings the remembered count back and lets the scaler go on`() throws {
        var builder = try builder(replicas: 0, remembered: 3, isPaused: true)
        builder.bringUp(worker, after: [])
        let titles = builder.plan.steps.map(\.action.title)
        #expect(titles.first == "scale replicaset/small from 0 to 3" && titles.contains("resume scaledobject/small"))
    }

    @Test(arguments: [0, 7]) func `start leaves the count of a scaler that works alone`(replicas: Int) throws {
        var builder = try builder(replicas: replicas, isPaused: false)
        builder.bringUp(worker, after: [])
        #expect(builder.plan.steps.filter { $0.action.isChange }.isEmpty, "\(builder.plan.steps.map(\.id))")
    }

    @Test func `update holds the scaler of a worker that was never started or is stopped`() throws {
        let scaler = try #require(worker.companions.first { $0.kind == "ScaledObject" })
        var companion = scaler
        companion.namespace = worker.namespace
        func isHeld(_ builder: PlanBuilder) -> Bool {
            builder.held(companion, of: worker).annotations[Scaler.pause] == "0"
        }
        #expect(isHeld(try builder(replicas: nil)))
        #expect(isHeld(try builder(replicas: 0, isPaused: true)))
        #expect(isHeld(try builder(replicas: 0, remembered: 2)))
        #expect(!isHeld(try builder(replicas: 0, isPaused: false)))
        #expect(!isHeld(try builder(replicas: 2, isPaused: false)))
        #expect(!isHeld(try builder(replicas: 2)))
    }
}
