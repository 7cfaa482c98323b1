import Cluster
import Kubernetes
import Testing

@Suite("Workloads and their pods, on every server", .timeLimit(.minutes(2)))
struct RolloutConformance {
    @Test(
        "A Deployment comes up through a ReplicaSet, and goes down to nothing",
        arguments: ServerUnderTest.withControllers)
    func deployment(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.create(scene.workload(.deployment, "web", replicas: 2), .deployment)
            let up = try await scene.wait(.deployment, "web") { $0.isSettled && $0.count("availableReplicas") == 2 }
            #expect(up.count("updatedReplicas") == 2)
            #expect(up.condition("Available")?["status"]?.string == "True")
            let pods = try await scene.waitForPods(of: "web") { $0.count == 2 && $0.allSatisfy(\.isReady) }
            #expect(pods.allSatisfy { $0.ownerKind == "ReplicaSet" && $0.labels["pod-template-hash"] != nil })
            let sets = try await scene.client.list(ObjectSelection(.replicaSet, namespace: scene.namespace))
            #expect(sets.items.map(\.ownerKind) == ["Deployment"])

            _ = try await scene.send(.scale(.deployment, namespace: scene.namespace, name: "web", replicas: 0))
            try await scene.waitForPods(of: "web") { $0.isEmpty }
            try await scene.wait(.deployment, "web") { $0.isSettled && $0.count("replicas") == 0 }
        }
    }

    @Test("A new template replaces a Deployment's pods", arguments: ServerUnderTest.withControllers)
    func rolling(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.create(scene.workload(.deployment, "web"), .deployment)
            let old = try await scene.waitForPods(of: "web") { $0.count == 1 && $0.allSatisfy(\.isReady) }
            try await Self.annotateTemplate(.deployment, "web", scene)
            let new = try await scene.waitForPods(of: "web") { pods in
                pods.count == 1 && pods.allSatisfy(\.isReady) && pods.first?.uid != old.first?.uid
            }
            #expect(new.first?.annotations["new"] == "yes")
            try await scene.wait(.deployment, "web") {
                $0.isSettled && $0.count("updatedReplicas") == 1 && $0.count("replicas") == 1
            }
        }
    }

    @Test("A new template leaves the pods of a ReplicaSet as they are", arguments: ServerUnderTest.withControllers)
    func replicaSet(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.create(scene.workload(.replicaSet, "worker"), .replicaSet)
            let old = try await scene.waitForPods(of: "worker") { $0.count == 1 && $0.allSatisfy(\.isReady) }
            try await Self.annotateTemplate(.replicaSet, "worker", scene)
            _ = try await scene.send(.scale(.replicaSet, namespace: scene.namespace, name: "worker", replicas: 2))
            let both = try await scene.waitForPods(of: "worker") { $0.count == 2 && $0.allSatisfy(\.isReady) }
            #expect(both.contains { $0.uid == old.first?.uid && $0.annotations["new"] == nil })
            #expect(both.contains { $0.annotations["new"] == "yes" })
        }
    }

    @Test(
        "A StatefulSet's pods have numbers, and come again under the same name",
        arguments: ServerUnderTest.withControllers)
    func statefulSet(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.create(scene.workload(.statefulSet, "store", replicas: 2), .statefulSet)
            let set = try await scene.wait(.statefulSet, "store") { $0.isSettled && $0.count("readyReplicas") == 2 }
            #expect(set[path: ["status", "currentRevision"]] == set[path: ["status", "updateRevision"]])
            let pods = try await scene.waitForPods(of: "store") { $0.count == 2 && $0.allSatisfy(\.isReady) }
            #expect(pods.map(\.name) == ["store-0", "store-1"])
            _ = try await scene.send(.delete(.pod, namespace: scene.namespace, name: "store-1"))
            try await scene.waitForPods(of: "store") { now in
                now.count == 2 && now.allSatisfy(\.isReady) && now.last?.uid != pods.last?.uid
            }
        }
    }

    @Test("A Job ends by its pod's exit code", arguments: ServerUnderTest.withControllers)
    func jobs(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.create(scene.workload(.job, "good", .ends(code: 0)), .job)
            try await scene.create(scene.workload(.job, "bad", .ends(code: 3)), .job)
            let good = try await scene.wait(.job, "good") { $0.condition("Complete") != nil }
            #expect(good.count("succeeded") == 1)
            let bad = try await scene.wait(.job, "bad") { $0.condition("Failed") != nil }
            #expect(bad.condition("Failed")?["reason"]?.string == "BackoffLimitExceeded")
        }
    }

    @Test("What keeps a pod from starting stands in its status", arguments: ServerUnderTest.withControllers)
    func causes(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.create(scene.workload(.deployment, "imageless", .hasBadImage), .deployment)
            try await scene.create(scene.workload(.deployment, "homeless", .fitsNowhere), .deployment)
            try await scene.waitForPods(of: "imageless") { pods in
                ["ErrImagePull", "ImagePullBackOff"].contains(pods.first?.waitingReason)
            }
            let homeless = try await scene.waitForPods(of: "homeless") { pods in
                pods.first?.condition("PodScheduled")?["reason"]?.string == "Unschedulable"
            }
            #expect(homeless.first?[path: ["status", "phase"]]?.string == "Pending")
            let deployment = try await scene.client.find(.deployment, namespace: scene.namespace, name: "homeless")
            #expect(deployment?.count("availableReplicas") == 0)
        }
    }

    @Test("What a deleted workload owned goes with it", arguments: ServerUnderTest.withControllers)
    func deletion(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.create(scene.workload(.deployment, "web"), .deployment)
            try await scene.waitForPods(of: "web") { $0.count == 1 && $0.allSatisfy(\.isReady) }
            _ = try await scene.send(.delete(.deployment, namespace: scene.namespace, name: "web"))
            try await scene.waitForPods(of: "web") { $0.isEmpty }
            let sets = try await scene.client.list(ObjectSelection(.replicaSet, namespace: scene.namespace))
            #expect(sets.items.isEmpty)
        }
    }

    private static func annotateTemplate(_ type: ResourceType, _ name: String, _ scene: Scene) async throws {
        let patch: JSONValue = ["spec": ["template": ["metadata": ["annotations": ["new": "yes"]]]]]
        _ = try await scene.send(.mergePatch(patch, type, namespace: scene.namespace, name: name))
    }
}
