import Kubernetes
import Testing

@testable import Rollout

@Suite struct PodCausesTests {
    static let key = ObjectKey(group: "apps", kind: "Deployment", namespace: "ops", name: "web")

    func causes(_ pod: KubernetesObject, _ events: [KubernetesObject] = []) -> [Cause] {
        PodCauses(pod: pod, subject: Self.key, warnings: events).all
    }

    @Test(
        "each reason for which a container waits",
        arguments: [
            ("ImagePullBackOff", "Back-off pulling image \"x\": not found", Reason.imagePull, "no such image"),
            ("ErrImagePull", "pull access denied", .imagePull, "login"),
            ("ErrImagePull", "x509: unknown authority", .imagePull, "certificate"),
            (
                "ErrImagePull",
                "failed to resolve reference \"localhost/hysds/pele@sha256:1\": dial tcp 127.0.0.1:443: connection refused",
                .imagePull, "other nodes only"
            ),
            ("ErrImagePull", "dial tcp: lookup r: no such host", .imagePull, "can't reach"),
            ("ErrImageNeverPull", "", .imagePull, "Never"),
            ("InvalidImageName", "couldn't parse", .imageName, "spelling"),
            ("CreateContainerConfigError", "secret \"s\" not found", .containerConfiguration, "missing"),
            ("CreateContainerConfigError", "couldn't find key k in Secret", .containerConfiguration, "lacks the key"),
            (
                "CreateContainerConfigError", "container has runAsNonRoot and image will run as root",
                .containerConfiguration, "runs as root"
            ),
            ("CreateContainerError", "exec format error", .containerCreation, "architecture"),
            (
                "RunContainerError", "exec: \"x\": executable file not found in $PATH", .containerCreation,
                "isn't in the image"
            ),
        ])
    func waiting(reason: String, message: String, expected: Reason, hint: String) throws {
        let cause = try #require(causes(Make.pod(statuses: [Make.waiting(reason, message)])).first)
        #expect(cause.reason == expected && cause.clusterReason == reason && cause.container == "main")
        #expect(cause.hint?.contains(hint) == true, "\(cause.hint ?? "none")")
    }

    @Test("a container that is being made is no trouble", arguments: ["ContainerCreating", "PodInitializing", ""])
    func starting(reason: String) {
        #expect(causes(Make.pod(phase: "Pending", statuses: [Make.waiting(reason)])).isEmpty)
    }

    @Test("a crash says exit code, restarts and the container's last words")
    func crash() throws {
        let cause = try #require(causes(Make.pod(statuses: [Make.crashLoop(restarts: 3)])).first)
        #expect(cause.reason == .crash && cause.exitCode == 1 && cause.restarts == 3)
        #expect(
            cause.description == "pod web-2-a: container main: CrashLoopBackOff, exit code 1, 3 restarts: no such table"
        )
        #expect(cause.hasLog)
    }

    @Test(
        "what an exit code means",
        arguments: [
            (126, "isn't executable"), (127, "isn't in the image"), (137, "killed"), (139, "signal 11"),
            (143, "from outside"),
        ])
    func exitCodes(code: Int, hint: String) throws {
        let cause = try #require(causes(Make.pod(statuses: [Make.crashLoop(Make.crashed(code: code))])).first)
        #expect(cause.hint?.contains(hint) == true)
    }

    @Test("between two crashes it is still the crash that counts")
    func between() {
        let again = Make.pod(statuses: [Make.running(ready: false, restarts: 2, last: Make.crashed())])
        #expect(causes(again).map(\.reason) == [.crash])
        let ended = Make.pod(statuses: [["name": "main", "restartCount": 0, "state": ["terminated": Make.crashed()]]])
        #expect(causes(ended).map(\.reason) == [.crash])
        let recovered = Make.pod(ready: true, statuses: [Make.running(ready: true, restarts: 2, last: Make.crashed())])
        #expect(causes(recovered).isEmpty)
    }

    @Test("a service that ends with exit code 0 crashes too, a job's doesn't")
    func cleanExit() {
        let status: JSONValue = ["name": "main", "state": ["terminated": ["exitCode": 0, "reason": "Completed"]]]
        #expect(causes(Make.pod(statuses: [status])).map(\.reason) == [.crash])
        #expect(causes(Make.pod(statuses: [status], spec: ["nodeName": "n", "restartPolicy": "Never"])).isEmpty)
    }

    @Test("killed for its memory")
    func memory() throws {
        let pod = Make.pod(statuses: [Make.crashLoop(Make.crashed(code: 137, reason: "OOMKilled", message: ""))])
        let cause = try #require(causes(pod).first)
        #expect(cause.reason == .outOfMemory && cause.clusterReason == "OOMKilled")
        #expect(cause.hint?.contains("memory limit") == true)
    }

    @Test("a failing init container is the cause, not those that wait for it")
    func initialization() throws {
        let pod = Make.pod(
            phase: "Pending", statuses: [Make.waiting("PodInitializing")],
            initStatuses: [Make.crashLoop(Make.crashed(code: 6, message: "digest of the release differs"))])
        let cause = try #require(causes(pod).first)
        #expect(causes(pod).count == 1)
        #expect(cause.reason == .initialization && cause.isInitContainer && cause.exitCode == 6)
        #expect(
            cause.description.contains("init container main")
                && cause.description.contains("digest of the release differs"))
    }

    @Test("an init container that has done its work is no trouble")
    func initDone() {
        let done: JSONValue = ["name": "init", "ready": true, "state": ["terminated": ["exitCode": 0]]]
        #expect(causes(Make.pod(ready: true, statuses: [Make.running(ready: true)], initStatuses: [done])).isEmpty)
        let busy: JSONValue = ["name": "init", "ready": false, "restartCount": 0, "state": ["running": [:]]]
        #expect(
            causes(Make.pod(phase: "Pending", statuses: [Make.waiting("PodInitializing")], initStatuses: [busy]))
                .isEmpty)
    }

    @Test("a readiness probe that fails, with the kubelet's words")
    func probes() throws {
        let pod = Make.pod(statuses: [Make.running(ready: false)])
        let event = Make.event(
            "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", about: pod)
        let cause = try #require(causes(pod, [event]).first)
        #expect(cause.reason == .notReady && cause.message.contains("statuscode: 500"))
        #expect(
            causes(Make.pod(statuses: [Make.running(ready: false, started: false)]))[0].message.contains(
                "startup probe"))
    }

    @Test(
        "no node takes it",
        arguments: [
            ("0/3 nodes are available: 3 Insufficient cpu.", "resources"),
            ("0/1 nodes are available: 1 node(s) had untolerated taint {gpu: }.", "toleration"),
            ("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", "labels"),
            ("pod has unbound immediate PersistentVolumeClaims", "storage class"),
            ("0/1 nodes are available: 1 node(s) were unschedulable.", "uncordon"),
            ("no nodes available to schedule pods", "no node"),
        ])
    func unschedulable(message: String, hint: String) throws {
        let pod = Make.pod(
            phase: "Pending",
            conditions: [
                ["type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": .string(message)]
            ], spec: [:])
        let cause = try #require(causes(pod).first)
        #expect(cause.reason == .unschedulable && cause.message == message)
        #expect(cause.hint?.contains(hint) == true, "\(cause.hint ?? "none")")
    }

    @Test(
        "what only events tell",
        arguments: [
            (
                "FailedMount", "MountVolume.SetUp failed for volume \"v\" : configmap \"sds-tree-1\" not found",
                Reason.mount
            ),
            ("FailedAttachVolume", "Multi-Attach error for volume", .mount),
            ("FailedCreatePodSandBox", "plugin failed", .sandbox),
        ])
    func events(reason: String, message: String, expected: Reason) {
        let pod = Make.pod(phase: "Pending", statuses: [Make.waiting("ContainerCreating")])
        #expect(causes(pod, [Make.event(reason, message, about: pod)]).map(\.reason) == [expected])
        let started = Make.pod(ready: true, statuses: [Make.running(ready: true)])
        #expect(causes(started, [Make.event(reason, message, about: started)]).isEmpty)
    }

    @Test("thrown out by the node, and a node that is gone")
    func nodes() throws {
        let evicted = Make.pod(
            phase: "Failed", more: ["reason": "Evicted", "message": "The node was low on resource: ephemeral-storage."])
        let cause = try #require(causes(evicted).first)
        #expect(cause.reason == .evicted && cause.hint?.contains("disk") == true)
        let lost = Make.pod(
            statuses: [Make.running(ready: false)], more: ["conditions": [["type": "Ready", "status": "Unknown"]]])
        #expect(causes(lost).map(\.reason) == [.nodeLost])
    }

    @Test("a pod can't write on the operator's terminal")
    func control() {
        let pod = Make.pod(statuses: [Make.crashLoop(Make.crashed(message: "a\u{1B}[2Jb c\u{9B}d"))])
        #expect(causes(pod)[0].description.hasSuffix("a[2Jb cd"))
    }
}
