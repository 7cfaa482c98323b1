import Foundation
import HySDS
import Kubernetes
import Rollout
import Testing

@testable import Operations

@Suite("The words of status")
struct StatusWordTests {
    private static let made = "2026-01-01T00:00:00Z"

    private func pod(waiting reason: String? = nil, exitCode: Int? = nil, isEnding: Bool = false) -> KubernetesObject {
        var status: [String: JSONValue] = [
            "name": "orchestrator-jobs", "ready": false, "restartCount": 0, "started": false,
        ]
        if let reason {
            status["state"] = ["waiting": ["reason": .string(reason), "message": "not yet"]]
        } else if let exitCode {
            status["state"] = ["terminated": ["exitCode": .integer(Int64(exitCode)), "reason": "Error"]]
        } else {
            status["state"] = ["running": [:]]
        }
        var metadata: [String: JSONValue] = [
            "name": "orchestrator-jobs-1", "namespace": "test", "uid": "pod-1", "creationTimestamp": .string(Self.made),
            "labels": [RecordNames.name: "orchestrator-jobs"].jsonValue,
            "ownerReferences": [["kind": "ReplicaSet", "uid": "uid-orchestrator-jobs", "controller": true]],
        ]
        if isEnding { metadata["deletionTimestamp"] = .string(Self.made) }
        return KubernetesObject([
            "apiVersion": "v1", "kind": "Pod", "metadata": .object(metadata),
            "status": ["phase": "Running", "containerStatuses": .array([.object(status)])],
        ])
    }

    private func line(_ pods: [KubernetesObject], age: TimeInterval, isThere: Bool = true) throws -> StatusReport.Line {
        var objects = pods
        if isThere {
            var live = SmallSystem.live(try SmallSystem.object("orchestrator-jobs", sequence: 1), replicas: 1)
            live[path: ["status"]] = ["observedGeneration": 1, "replicas": 1]
            objects.append(live)
        }
        let now = try #require(Timestamp.date(Self.made)).addingTimeInterval(age)
        return StatusReport.Line(
            program: "orchestrator_jobs", workload: try SmallSystem.workload("orchestrator-jobs"),
            state: ClusterState(objects, records: SmallSystem.records([:])), probe: nil, finishingFirst: [], now: now)
    }

    @Test func `a young pod whose probe fails is starting, an old one isn't`() throws {
        #expect(try line([pod()], age: 30).state == .starting)
        #expect(try line([pod()], age: 30).causes.isEmpty == false)
        #expect(try line([pod()], age: 3600).state == .backingOff)
    }

    @Test func `a pull may take its time, but not for ever`() throws {
        #expect(try line([pod(waiting: "ErrImagePull")], age: 30).state == .starting)
        #expect(try line([pod(waiting: "ErrImagePull")], age: 300).state == .backingOff)
        #expect(try line([pod(waiting: "InvalidImageName")], age: 1).state == .backingOff)
    }

    @Test func `what ended with an error backs off at once`() throws {
        #expect(try line([pod(exitCode: 1)], age: 1).state == .backingOff)
    }

    @Test func `a deleted workload is told from one that never was`() throws {
        let ending = try line([pod(isEnding: true)], age: 1, isThere: false)
        #expect(ending.state == .stopping && ending.detail.hasPrefix("deleted by somebody"))
        #expect(try line([], age: 1, isThere: false).detail == "never updated")
    }
}

extension [String: String] {
    fileprivate var jsonValue: JSONValue { .object(mapValues { .string($0) }) }
}
