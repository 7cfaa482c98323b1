import Foundation
import Kubernetes
import Testing

@testable import Rollout

@Suite struct PlanTests {
    let key = Make.deployment().key

    @Test("a plan survives being written down")
    func codable() throws {
        let plan = try Plan(sequence: [
            .apply(Make.deployment(), force: false), .scale(key, to: 2, remember: true),
            .patch(key, ["metadata": ["labels": ["a": "b"]]]),
            .delete(key, uid: "u", propagation: .orphan, gracePeriodSeconds: 0),
            .wait([RolloutTarget(key, .gone, uid: "u", revision: PodRevision(name: "a", value: "b"))]),
            .exec(pod: key, container: nil, command: ["true"]),
        ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(plan)
        let decoded = try JSONDecoder().decode(Plan.self, from: data)
        #expect(decoded == plan)
        #expect(try encoder.encode(decoded) == data)
    }

    @Test("steps begin when those before them are done")
    func order() throws {
        let plan = try Plan([
            Step(.scale(key, to: 0, remember: true), id: "a"),
            Step(.scale(key, to: 1, remember: false), id: "b", after: ["a"], reason: "again"),
            Step(.patch(key, [:]), id: "c"),
        ])
        #expect(plan.startable(done: [], begun: []).map(\.id) == ["a", "c"])
        #expect(plan.startable(done: ["a"], begun: ["a", "c"]).map(\.id) == ["b"])
        #expect(
            plan.lines == ["scale deployment/web to 0", "scale deployment/web to 1 (again)", "patch deployment/web"])
        #expect(try Plan().isEmpty)
    }

    @Test("a plan that can't be carried out is refused")
    func impossible() {
        #expect(throws: RolloutError.self) { try Plan([Step(.patch(key, [:]), id: "a", after: ["b"])]) }
        #expect(throws: RolloutError.self) { try Plan([Step(.patch(key, [:]), id: "a", after: ["a"])]) }
        #expect(throws: RolloutError.self) { try Plan([Step(.patch(key, [:])), Step(.patch(key, [:]))]) }
    }

    @Test("only the deletion of data is destructive")
    func destructive() {
        let claim = ObjectKey(kind: "PersistentVolumeClaim", namespace: "ops", name: "data")
        #expect(Action.delete(claim, uid: nil, propagation: .background, gracePeriodSeconds: nil).isDestructive)
        #expect(!Action.delete(key, uid: nil, propagation: .background, gracePeriodSeconds: nil).isDestructive)
    }
}
