import Cluster
import Kubernetes
import Testing

@Suite("Server-side apply, on every server")
struct ApplyConformance {
    private static func apply(
        _ object: KubernetesObject, _ type: ResourceType, _ scene: Scene, by manager: String = "sds",
        force: Bool = false
    ) -> APIRequest {
        .serverSideApply(
            object, type, namespace: scene.namespace, force: force, options: WriteOptions(fieldManager: manager))
    }

    @Test("The first apply creates, the same again changes nothing", arguments: ServerUnderTest.all)
    func idempotence(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let object = scene.deployment("a")
            let first = try await scene.send(Self.apply(object, .deployment, scene))
            #expect(first.status == 201)
            let second = try await scene.send(Self.apply(object, .deployment, scene))
            #expect(second.status == 200)
            #expect(second.object.generation == 1)
            #expect(second.object.uid == first.object.uid)
        }
    }

    @Test("A field of someone else's with another value is a conflict that names both", arguments: ServerUnderTest.all)
    func conflict(server: ServerUnderTest) async throws {
        try await server.run { scene in
            var object = scene.configMap("shared", data: ["color": "red", "size": "big"])
            _ = try await scene.send(Self.apply(object, .configMap, scene, by: "painter"))
            object[path: ["data"]] = ["color": "blue"]
            let request = Self.apply(object, .configMap, scene)
            let error = await scene.failure(of: request)
            #expect(error?.kind == .conflict)
            #expect(error?.conflicts.map(\.field) == [".data.color"])
            #expect(error?.conflicts.map(\.manager) == ["painter"])
            let kept = try await scene.client.find(.configMap, namespace: scene.namespace, name: "shared")
            #expect(kept?[path: ["data", "color"]] == "red")

            let forced = try await scene.send(Self.apply(object, .configMap, scene, force: true))
            #expect(forced.object[path: ["data"]] == ["color": "blue", "size": "big"])
        }
    }

    @Test("The conflict of a field inside a list's element names the element", arguments: ServerUnderTest.all)
    func nestedConflict(server: ServerUnderTest) async throws {
        try await server.run { scene in
            _ = try await scene.send(Self.apply(scene.deployment("a"), .deployment, scene, by: "other"))
            let error = await scene.failure(
                of: Self.apply(scene.deployment("a", image: "busybox:2"), .deployment, scene))
            #expect(error?.conflicts.map(\.field) == [".spec.template.spec.containers[name=\"main\"].image"])
            #expect(error?.conflicts.map(\.manager) == ["other"])
        }
    }

    @Test("The same value is owned together without a conflict", arguments: ServerUnderTest.all)
    func sharedValue(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let object = scene.configMap("both", data: ["a": "1"])
            _ = try await scene.send(Self.apply(object, .configMap, scene, by: "one"))
            _ = try await scene.send(Self.apply(object, .configMap, scene, by: "two"))
            // One of the two lets go: the other still holds it.
            let left = try await scene.send(Self.apply(scene.configMap("both"), .configMap, scene, by: "one"))
            #expect(left.object[path: ["data", "a"]] == "1")
        }
    }

    @Test("What is no longer applied goes away, what others wrote stays", arguments: ServerUnderTest.all)
    func dropping(server: ServerUnderTest) async throws {
        try await server.run { scene in
            _ = try await scene.send(
                Self.apply(scene.configMap("mixed", data: ["mine": "1", "also": "2"]), .configMap, scene))
            _ = try await scene.send(
                .mergePatch(
                    ["data": ["theirs": "3"]], .configMap, namespace: scene.namespace, name: "mixed",
                    options: WriteOptions(fieldManager: "editor")))
            let applied = try await scene.send(
                Self.apply(scene.configMap("mixed", data: ["mine": "1"]), .configMap, scene))
            #expect(applied.object[path: ["data"]] == ["mine": "1", "theirs": "3"])
        }
    }

    @Test("An element that is no longer applied leaves its list", arguments: ServerUnderTest.all)
    func droppingElements(server: ServerUnderTest) async throws {
        try await server.run { scene in
            var object = scene.deployment("a")
            let path = ["spec", "template", "spec", "containers"]
            let main: JSONValue = [
                "name": "main", "image": "busybox",
                "env": [["name": "A", "value": "1"], ["name": "B", "value": "2"]],
            ]
            object[path: path] = [main, ["name": "side", "image": "busybox"]]
            _ = try await scene.send(Self.apply(object, .deployment, scene))
            object[path: path] = [["name": "main", "image": "busybox", "env": [["name": "B", "value": "2"]]]]
            let applied = try await scene.send(Self.apply(object, .deployment, scene)).object
            let containers = applied[path: path]?.array ?? []
            #expect(containers.compactMap { $0["name"]?.string } == ["main"])
            #expect(containers.first?["env"] == [["name": "B", "value": "2"]])
        }
    }

    @Test("A replica count left out is nobody's to reset", arguments: ServerUnderTest.all)
    func replicasLeftOut(server: ServerUnderTest) async throws {
        try await server.run { scene in
            var object = scene.deployment("a")
            object[path: ["spec", "replicas"]] = nil
            object[path: ["spec", "template", "spec", "nodeSelector"]] = ["none": "such"]
            _ = try await scene.send(Self.apply(object, .deployment, scene))
            _ = try await scene.send(.scale(.deployment, namespace: scene.namespace, name: "a", replicas: 0))
            object[path: ["metadata", "labels"]] = ["new": "yes"]
            let applied = try await scene.send(Self.apply(object, .deployment, scene)).object
            #expect(applied[path: ["spec", "replicas"]] == 0)
            #expect(applied.labels["new"] == "yes")
        }
    }

    @Test("An apply with a resourceVersion that is stale is a conflict", arguments: ServerUnderTest.all)
    func staleApply(server: ServerUnderTest) async throws {
        try await server.run { scene in
            var object = scene.configMap("versioned", data: ["a": "1"])
            let first = try await scene.send(Self.apply(object, .configMap, scene)).object
            object[path: ["data", "a"]] = "2"
            _ = try await scene.send(Self.apply(object, .configMap, scene))
            object[path: ["data", "a"]] = "3"
            object[path: ["metadata", "resourceVersion"]] = .string(first.resourceVersion)
            #expect(await scene.failure(of: Self.apply(object, .configMap, scene))?.kind == .conflict)
        }
    }
}
