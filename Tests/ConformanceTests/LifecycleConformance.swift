import Cluster
import Kubernetes
import Testing

@Suite("Scaling and deleting, on every server")
struct LifecycleConformance {
    @Test("Scaling changes the count and the generation", arguments: ServerUnderTest.all)
    func scale(server: ServerUnderTest) async throws {
        try await server.run { scene in
            var object = scene.deployment("a")
            // No node has it: nothing has to run for this test.
            object[path: ["spec", "template", "spec", "nodeSelector"]] = ["none": "such"]
            let created = try await scene.send(.create(object, .deployment, namespace: scene.namespace)).object
            let scaled = try await scene.send(
                .scale(.deployment, namespace: scene.namespace, name: "a", replicas: 2))
            #expect(scaled.object.kind == "Scale")
            #expect(scaled.object[path: ["spec", "replicas"]] == 2)
            let current = try #require(
                try await scene.client.find(.deployment, namespace: scene.namespace, name: "a"))
            #expect(current[path: ["spec", "replicas"]] == 2)
            #expect(current.generation == created.generation + 1)
            let scale = try await scene.send(.getScale(.deployment, namespace: scene.namespace, name: "a")).object
            #expect(scale[path: ["spec", "replicas"]] == 2)
        }
    }

    @Test("Scaling in a state that is no longer current is a conflict", arguments: ServerUnderTest.all)
    func staleScale(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let created = try await scene.send(
                .create(scene.deployment("a"), .deployment, namespace: scene.namespace)
            ).object
            _ = try await scene.send(
                .mergePatch(
                    ["metadata": ["labels": ["new": "yes"]]], .deployment, namespace: scene.namespace, name: "a"))
            let error = await scene.failure(
                of: .scale(
                    .deployment, namespace: scene.namespace, name: "a", replicas: 1,
                    resourceVersion: created.resourceVersion))
            #expect(error?.kind == .conflict)
        }
    }

    @Test("A deletion meant for another object leaves this one", arguments: ServerUnderTest.all)
    func preconditions(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let object = try await scene.createConfigMap("a")
            func delete(uid: String? = nil, version: String? = nil) -> APIRequest {
                .delete(
                    .configMap, namespace: scene.namespace, name: "a",
                    options: DeleteOptions(uid: uid, resourceVersion: version))
            }
            let other = "00000000-0000-0000-0000-000000000000"
            #expect(await scene.failure(of: delete(uid: other))?.kind == .conflict)
            #expect(await scene.failure(of: delete(version: "1"))?.kind == .conflict)
            #expect(try await scene.client.find(.configMap, namespace: scene.namespace, name: "a") != nil)
            _ = try await scene.send(delete(uid: object.uid, version: object.resourceVersion))
            #expect(try await scene.client.find(.configMap, namespace: scene.namespace, name: "a") == nil)
        }
    }

    @Test("A finalizer keeps a deleted object until it is removed", arguments: ServerUnderTest.all)
    func finalizers(server: ServerUnderTest) async throws {
        try await server.run { scene in
            var object = scene.configMap("kept")
            object[path: ["metadata", "finalizers"]] = ["example.org/wait"]
            _ = try await scene.send(.create(object, .configMap, namespace: scene.namespace))
            let marked = try await scene.send(.delete(.configMap, namespace: scene.namespace, name: "kept")).object
            #expect(marked.isBeingDeleted)
            #expect(
                try await scene.client.find(.configMap, namespace: scene.namespace, name: "kept")?.isBeingDeleted
                    == true)
            _ = try await scene.send(
                .mergePatch(
                    ["metadata": ["finalizers": nil]], .configMap, namespace: scene.namespace, name: "kept"))
            #expect(try await scene.client.find(.configMap, namespace: scene.namespace, name: "kept") == nil)
        }
    }

    @Test("A selector deletes what it selects and no more", arguments: ServerUnderTest.all)
    func deleteCollection(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.createConfigMap("a", labels: ["gone": "yes"])
            try await scene.createConfigMap("b", labels: ["gone": "yes"])
            try await scene.createConfigMap("c", labels: ["gone": "no"])
            _ = try await scene.send(
                .deleteCollection(.configMap, namespace: scene.namespace, labelSelector: "gone=yes"))
            let left = try await scene.client.list(
                ObjectSelection(.configMap, namespace: scene.namespace, labels: "gone"))
            #expect(left.items.map(\.name) == ["c"])
        }
    }

    @Test("Of many who take a free lease one gets it", arguments: ServerUnderTest.all)
    func leaseRace(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let lease = KubernetesObject([
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": ["name": "lock", "namespace": .string(scene.namespace)],
                "spec": ["holderIdentity": "", "leaseDurationSeconds": 1],
            ])
            let creations = (0..<8).map { _ in APIRequest.create(lease, .lease, namespace: scene.namespace) }
            let created = await scene.client.all(creations).compactMap { try? $0.get().object }
            let free = try #require(created.first)
            #expect(created.count == 1)
            let takings = (0..<8).map { number in
                var taken = free
                taken[path: ["spec", "holderIdentity"]] = .string("holder-\(number)")
                return APIRequest.replace(taken, .lease, namespace: scene.namespace)
            }
            let answers = await scene.client.all(takings)
            #expect(answers.count { (try? $0.get()) != nil } == 1)
            for case .failure(let error) in answers { #expect(error.kind == .conflict) }
        }
    }
}
