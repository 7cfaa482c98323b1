import Foundation
import Kubernetes
import Testing

@testable import Rollout

/// Workloads broken in every way there is, as a real Kubernetes 1.20.2 reported them.
@Suite struct RecordedTests {
    let view: ClusterView

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorded/kubernetes-1.20.json")
        let list = try JSONValue(parsing: Data(contentsOf: file))
        view = ClusterView((list["items"]?.array ?? []).map { KubernetesObject($0) })
    }

    @Test(
        "each workload's trouble is told by its one cause",
        arguments: [
            ("badimage", Reason.imagePull, "on other nodes only"), ("badname", .imageName, "spelling"),
            ("crashes", .crash, nil),
            ("initfails", .initialization, nil), ("memory", .outOfMemory, "memory limit"),
            ("noaccount", .podCreation, "service account"),
            ("nocommand", .crash, "isn't in the image"), ("nomount", .mount, "ConfigMap"),
            ("nonode", .unschedulable, "node selector"),
            ("nosecret", .containerConfiguration, "missing"), ("notready", .notReady, "probe"),
            ("rootrefused", .containerConfiguration, "runs as root"), ("toobig", .unschedulable, "resources"),
        ] as [(String, Reason, String?)])
    func deployments(name: String, reason: Reason, hint: String?) throws {
        let key = ObjectKey(group: "apps", kind: "Deployment", namespace: "kubetest", name: name)
        let object = try #require(view[key])
        let assessment = Readiness.assess(object, in: view)
        #expect(!assessment.isDone)
        #expect(assessment.causes.map(\.reason) == [reason])
        if let hint { #expect(assessment.causes.first?.hint?.contains(hint) == true) }
    }

    @Test("what works is done", arguments: [("Deployment", "good"), ("ReplicaSet", "worker"), ("Job", "jobgood")])
    func good(kind: String, name: String) throws {
        let group = kind == "Job" ? "batch" : "apps"
        let key = ObjectKey(group: group, kind: kind, namespace: "kubetest", name: name)
        let object = try #require(view[key])
        #expect(Readiness.assess(object, in: view).isDone)
    }

    @Test("the words of a container reach the operator")
    func words() throws {
        let key = ObjectKey(group: "batch", kind: "Job", namespace: "kubetest", name: "jobbad")
        let object = try #require(view[key])
        let cause = try #require(Readiness.assess(object, in: view).causes.first)
        #expect(cause.description.hasSuffix("container main: BackoffLimitExceeded, exit code 5: queue refused"))
    }

    @Test("a StatefulSet without a single pod, and a claim without a class")
    func events() throws {
        let set = ObjectKey(group: "apps", kind: "StatefulSet", namespace: "kubetest", name: "stsnoaccount")
        let setObject = try #require(view[set])
        #expect(Readiness.assess(setObject, in: view).causes.map(\.reason) == [.podCreation])
        let claim = ObjectKey(kind: "PersistentVolumeClaim", namespace: "kubetest", name: "noclass")
        let claimObject = try #require(view[claim])
        #expect(Readiness.assess(claimObject, in: view).causes.map(\.reason) == [.volume])
    }
}
