import Kubernetes
import Testing

@testable import Operations

@Suite("Lock, history and events as values")
struct RecordTextTests {
    private func lease(holder: String, renewed: String = "2026-01-01T00:00:10.500000Z") -> KubernetesObject {
        KubernetesObject([
            "spec": [
                "holderIdentity": .string(holder), "acquireTime": "2026-01-01T00:00:00.000000Z",
                "renewTime": .string(renewed), "leaseDurationSeconds": 30,
            ]
        ])
    }

    @Test func `a held lock names holder, command and age`() {
        let state = LockState(
            lease(holder: "ops@here 1A2B3C4D: sds update grq"), namespace: "test", now: 1_767_225_625)
        #expect(state.isHeld)
        #expect(state.holder == "ops@here 1A2B3C4D")
        #expect(state.command == "update grq")
        #expect(state.since == "2026-01-01T00:00:00.000000Z")
        #expect(state.silentSeconds == 15)
        #expect(!state.isAbandoned)
    }

    @Test func `a holder that is silent for longer than its time has lost the lock`() {
        #expect(LockState(lease(holder: "x: sds stop all"), namespace: "test", now: 1_767_225_700).isAbandoned)
    }

    @Test(arguments: [nil, ""])
    func `a lock that nobody holds is free`(holder: String?) {
        #expect(!LockState(holder.map { lease(holder: $0) }, namespace: "test", now: 0).isHeld)
    }

    @Test func `a lock that another program took is held by whatever it says`() {
        let state = LockState(lease(holder: "controller-7"), namespace: "test", now: 0)
        #expect(state.holder == "controller-7")
        #expect(state.command == nil)
    }

    @Test func `history tells what is wanted, what runs and what failed`() throws {
        var records = try [(1, "a"), (2, "b"), (3, "a")].map {
            try SmallSystem.revision("mozart-rest", $0.0, release: $0.1).record(namespace: "test")
        }
        records[1].annotations[Revisions.result] = Revisions.failed
        let entries = HistoryReport.entries(
            of: try SmallSystem.workload("mozart-rest"), wanted: SmallSystem.wanted(3), try Revisions(records),
            running: [3, 3, 1])
        #expect(entries.map(\.sequence) == [3, 2, 1])
        #expect(entries.map(\.isWanted) == [true, false, false])
        #expect(entries.map(\.hasFailed) == [false, true, false])
        #expect(entries.map(\.pods) == [2, 0, 1])
    }

    @Test func `a wanted release without a kept revision is shown as such`() throws {
        let entries = HistoryReport.entries(
            of: try SmallSystem.workload("mozart-redis"), wanted: SmallSystem.wanted(2), try Revisions([]), running: [])
        #expect(entries.map(\.isKept) == [false])
    }

    @Test func `an event says who did what to which object`() {
        let event = Announcement.event(
            "Normal", about: ObjectKey(group: "apps", kind: "Deployment", namespace: "test", name: "grq2"), uid: "u1",
            in: "test", by: Identity(user: "ops", host: "here", command: "start_tps grq"), text: "revision 3",
            time: "2026-01-01T00:00:00Z")
        #expect(event[path: ["message"]] == "sds start_tps grq by ops@here: revision 3")
        #expect(event[path: ["reason"]] == "SDSStartTps")
        #expect(event[path: ["involvedObject", "apiVersion"]] == "apps/v1")
        #expect(event[path: ["involvedObject", "uid"]] == "u1")
    }

    @Test func `events are about workloads, each once`() throws {
        let object = try SmallSystem.object("mozart-rest")
        var plan = Plan()
        plan.steps = [
            Step(.apply(object)),
            Step(.scale(workload: "mozart-rest", object: object.key, from: 0, to: 1, remember: nil)),
            Step(.create(KubernetesObject(["apiVersion": "v1", "kind": "ConfigMap"]))),
        ]
        #expect(Announcement.subjects(of: plan) == [object.key])
    }
}
