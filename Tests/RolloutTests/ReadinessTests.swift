import Kubernetes
import Testing

@testable import Rollout

@Suite struct ReadinessTests {
    func assess(
        _ object: KubernetesObject, _ others: [KubernetesObject] = [], revision: PodRevision? = nil
    ) -> Assessment {
        Readiness.assess(object, in: ClusterView([object] + others), revision: revision)
    }

    @Test(
        "a Deployment is up when the new pods serve and the old ones are gone",
        arguments: [
            (Make.deployment(), true, "2 of 2 pods available"),
            (Make.deployment(observed: 1), false, "its controller hasn't seen the last change yet"),
            (Make.deployment(updated: 1), false, "1 of 2 pods updated"),
            (Make.deployment(all: 3), false, "1 pod of the former template still there"),
            (Make.deployment(available: 1), false, "1 of 2 pods available"),
            (Make.deployment(desired: 0, updated: 0, available: 0), true, "0 of 0 pods available"),
            (Make.object("apps/v1", "Deployment", "new"), false, "its controller hasn't seen the last change yet"),
        ])
    func deployments(object: KubernetesObject, isDone: Bool, text: String) {
        let assessment = assess(object)
        #expect(assessment.isDone == isDone && assessment.text == text)
    }

    @Test("a generation older than the last write doesn't count")
    func generation() {
        let object = Make.deployment()
        #expect(!Readiness.assess(object, in: ClusterView([object]), minimumGeneration: 3).isDone)
        #expect(Readiness.assess(object, in: ClusterView([object]), minimumGeneration: 2).isDone)
    }

    @Test("only pods of the current template speak for a Deployment")
    func revisions() {
        let old = Make.pod("web-1-a", owner: "uid-web-1", statuses: [Make.crashLoop()])
        let new = Make.pod("web-2-a", statuses: [Make.waiting("ImagePullBackOff", "not found")])
        let assessment = assess(Make.deployment(available: 1), Make.replicaSets() + [old, new])
        #expect(assessment.causes.map(\.pod) == ["web-2-a"])
        #expect(assessment.causes.map(\.reason) == [.imagePull])
    }

    @Test("a Deployment's own conditions are causes")
    func conditions() {
        let deadline = assess(
            Make.deployment(
                available: 1,
                conditions: [
                    [
                        "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
                        "message": "timed out",
                    ]
                ]))
        #expect(deadline.causes.map(\.reason) == [.deadline])
        let quota = assess(
            Make.deployment(
                updated: 0, available: 0,
                conditions: [
                    [
                        "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
                        "message": "pods \"a\" is forbidden: exceeded quota: q",
                    ]
                ]))
        #expect(quota.causes.map(\.reason) == [.podCreation])
        #expect(quota.causes[0].hint?.contains("quota") == true)
        #expect(assess(Make.deployment(updated: 0, spec: ["paused": true])).causes.map(\.reason) == [.paused])
    }

    @Test(
        "a StatefulSet is up when all pods are ready and of the new revision",
        arguments: [
            (Make.statefulSet(), true), (Make.statefulSet(observed: 0), false), (Make.statefulSet(ready: 1), false),
            (Make.statefulSet(updated: 1, settled: false), false), (Make.statefulSet(all: 3), false),
            (
                Make.statefulSet(
                    updated: 1, settled: false, spec: ["updateStrategy": ["rollingUpdate": ["partition": 1]]]), true
            ),
            (Make.statefulSet(updated: 0, settled: false, spec: ["updateStrategy": ["type": "OnDelete"]]), true),
            (Make.statefulSet(desired: 0, ready: 0, updated: 0), true),
            // Some servers don't count updatedReplicas any more once all is settled.
            (Make.statefulSet(updated: 0, settled: true), true),
        ])
    func statefulSets(object: KubernetesObject, isDone: Bool) {
        #expect(assess(object).isDone == isDone)
    }

    @Test("a StatefulSet that waits for a broken pod of its former template names the pod to delete")
    func formerTemplate() {
        let set = Make.statefulSet(ready: 1, updated: 0, all: 2, settled: false)
        let broken = Make.pod(
            "db-1", owner: "uid-db", labels: ["controller-revision-hash": "db-old"],
            statuses: [Make.waiting("ImagePullBackOff", "not found")])
        let causes = assess(set, [broken]).causes
        #expect(causes.map(\.reason) == [.formerTemplate])
        #expect(causes[0].pod == "db-1")
        #expect(causes[0].hint?.contains("delete pod db-1") == true)
        let parallel = Make.statefulSet(
            ready: 1, updated: 0, all: 2, settled: false, spec: ["podManagementPolicy": "Parallel"])
        #expect(assess(parallel, [broken]).causes.isEmpty)
        var ending = broken
        ending[path: ["metadata", "deletionTimestamp"]] = "2026-01-01T00:00:00Z"
        #expect(assess(set, [ending]).causes.isEmpty)
    }

    @Test("a StatefulSet's quota shows only as an event")
    func statefulSetQuota() {
        let set = Make.statefulSet(ready: 0, all: 0)
        let event = Make.event("FailedCreate", "create Pod db-0 failed: exceeded quota", about: set)
        #expect(assess(set, [event]).causes.map(\.reason) == [.podCreation])
    }

    @Test(
        "a DaemonSet",
        arguments: [
            (2, 2, 2, "RollingUpdate", true), (2, 1, 2, "RollingUpdate", false), (2, 2, 1, "RollingUpdate", false),
            (2, 0, 2, "OnDelete", true), (0, 0, 0, "RollingUpdate", true),
        ])
    func daemonSets(wanted: Int, updated: Int, available: Int, strategy: String, isDone: Bool) {
        let set = Make.object(
            "apps/v1", "DaemonSet", "agent", spec: ["updateStrategy": ["type": .string(strategy)]],
            status: [
                "observedGeneration": 1, "desiredNumberScheduled": .integer(Int64(wanted)),
                "updatedNumberScheduled": .integer(Int64(updated)), "numberAvailable": .integer(Int64(available)),
                "currentNumberScheduled": .integer(Int64(wanted)),
            ])
        #expect(assess(set).isDone == isDone)
    }

    @Test("a ReplicaSet counts pods, whatever template they are of, unless a revision is required")
    func replicaSets() {
        #expect(assess(Make.replicaSet()).isDone)
        #expect(!assess(Make.replicaSet(ready: 1)).isDone)
        #expect(!assess(Make.replicaSet(desired: 1, ready: 2)).isDone)
        let pods = ["a", "b"].map { name in
            Make.pod(
                name, owner: "uid-worker", annotations: ["release": name], ready: true,
                statuses: [Make.running(ready: true)])
        }
        let optional = PodRevision(name: "release", value: "b")
        let required = PodRevision(name: "release", value: "b", isRequired: true)
        #expect(assess(Make.replicaSet(), pods, revision: optional).isDone)
        let strict = assess(Make.replicaSet(), pods, revision: required)
        #expect(!strict.isDone && strict.text == "1 of 2 pods ready")
    }

    @Test("pods of another revision don't speak for a ReplicaSet")
    func otherRevision() {
        let pods = ["a", "b"].map { name in
            Make.pod(name, owner: "uid-worker", annotations: ["release": name], statuses: [Make.crashLoop()])
        }
        let causes = assess(Make.replicaSet(ready: 0, all: 2), pods, revision: PodRevision(name: "release", value: "b"))
            .causes
        #expect(causes.map(\.pod) == ["b"])
    }

    @Test("Jobs end well, badly, or not yet")
    func jobs() {
        func job(_ condition: String? = nil, _ status: JSONValue = [:]) -> KubernetesObject {
            var status = status
            if let condition {
                status["conditions"] = [
                    [
                        "type": .string(condition), "status": "True", "reason": "BackoffLimitExceeded",
                        "message": "limit",
                    ]
                ]
            }
            return Make.object("batch/v1", "Job", "setup", spec: ["completions": 1], status: status)
        }
        #expect(assess(job("Complete", ["succeeded": 1])).isDone)
        #expect(assess(job("SuccessCriteriaMet")).isDone)
        #expect(!assess(job(nil, ["active": 1])).isDone)
        #expect(assess(job(nil, ["failed": 2, "active": 1])).text == "0 of 1 completed, 2 failed")
        let pod = Make.pod(
            "setup-x", owner: "uid-setup", phase: "Failed",
            statuses: [["name": "main", "state": ["terminated": Make.crashed(code: 3, message: "queue refused")]]])
        let failed = assess(job("Failed"), [pod])
        #expect(failed.causes.count == 1)
        #expect(failed.causes[0].reason == .jobFailed && failed.causes[0].exitCode == 3)
        #expect(failed.causes[0].terminationMessage == "queue refused" && failed.causes[0].pod == "setup-x")
        #expect(assess(job(nil, ["failed": 1, "active": 1]), [pod]).causes.map(\.reason) == [.podFailed])
        let crashing = Make.pod("setup-y", owner: "uid-setup", statuses: [Make.crashLoop(restarts: 9)])
        #expect(assess(job(nil, ["active": 1]), [crashing]).causes.map(\.reason) == [.podFailed])
    }

    @Test(
        "everything else",
        arguments: [
            (Make.pod(ready: true, statuses: [Make.running(ready: true)]), true), (Make.pod(phase: "Succeeded"), true),
            (Make.pod(phase: "Pending"), false), (Make.object("v1", "Service", "a"), true),
            (Make.object("v1", "ConfigMap", "a"), true),
            (Make.object("v1", "Namespace", "a", status: ["phase": "Active"]), true),
            (Make.object("v1", "Namespace", "a", status: ["phase": "Terminating"]), false),
            (Make.object("v1", "PersistentVolumeClaim", "a", status: ["phase": "Bound"]), true),
            (Make.object("v1", "PersistentVolumeClaim", "a", status: ["phase": "Pending"]), false),
            (Make.object("v1", "PersistentVolumeClaim", "a", status: ["phase": "Lost"]), false),
            (
                Make.object("x.y/v1", "Thing", "a", status: ["conditions": [["type": "Ready", "status": "False"]]]),
                false
            ),
            (Make.object("x.y/v1", "Thing", "a", generation: 2, status: ["observedGeneration": 1]), false),
            (
                Make.object(
                    "apiextensions.k8s.io/v1", "CustomResourceDefinition", "a",
                    status: ["conditions": [["type": "Established", "status": "True"]]]), true
            ),
        ])
    func others(object: KubernetesObject, isDone: Bool) {
        #expect(assess(object).isDone == isDone)
    }

    @Test("what is being deleted isn't up, and its finalizers are named")
    func deletion() {
        var object = Make.deployment()
        object[path: ["metadata", "deletionTimestamp"]] = "2026-01-01T00:00:00Z"
        object[path: ["metadata", "finalizers"]] = ["foregroundDeletion"]
        #expect(assess(object).text == "is being deleted, held by foregroundDeletion")
    }
}
