import Cluster
import Kubernetes
import Testing

@Suite("Writes, on every server")
struct WriteConformance {
    @Test("Creating twice is AlreadyExists", arguments: ServerUnderTest.all)
    func createTwice(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let created = try await scene.createConfigMap("one", data: ["a": "1"])
            #expect(!created.uid.isEmpty)
            #expect(!created.resourceVersion.isEmpty)
            let error = await scene.failure(
                of: .create(scene.configMap("one"), .configMap, namespace: scene.namespace))
            #expect(error?.kind == .alreadyExists)
            #expect(error?.status == 409)
            #expect(error?.message == "configmaps \"one\" already exists")
        }
    }

    @Test("What isn't there is NotFound", arguments: ServerUnderTest.all)
    func missing(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let none = try await scene.client.find(.configMap, namespace: scene.namespace, name: "none")
            #expect(none == nil)
            let requests: [APIRequest] = [
                .get(.deployment, namespace: scene.namespace, name: "none"),
                .delete(.deployment, namespace: scene.namespace, name: "none"),
                .scale(.deployment, namespace: scene.namespace, name: "none", replicas: 1),
                .mergePatch(["data": [:]], .configMap, namespace: scene.namespace, name: "none"),
            ]
            for request in requests {
                let error = await scene.failure(of: request)
                #expect(error?.kind == .notFound, "\(request.method) \(request.path)")
                #expect(error?.message.contains("\"none\" not found") == true)
            }
            let type = ResourceType(group: "none.example.org", version: "v1", kind: "Thing", plural: "things")
            #expect(await scene.failure(of: .list(type, namespace: scene.namespace))?.kind == .notFound)
        }
    }

    @Test("Replacing what someone else has changed is a conflict", arguments: ServerUnderTest.all)
    func staleReplace(server: ServerUnderTest) async throws {
        try await server.run { scene in
            var mine = try await scene.createConfigMap("shared", data: ["a": "1"])
            var theirs = mine
            theirs[path: ["data", "a"]] = "2"
            let current = try await scene.send(.replace(theirs, .configMap, namespace: scene.namespace)).object
            #expect(current.resourceVersion != mine.resourceVersion)
            mine[path: ["data", "a"]] = "3"
            let error = await scene.failure(of: .replace(mine, .configMap, namespace: scene.namespace))
            #expect(error?.kind == .conflict)
            #expect(error?.message.contains("the object has been modified") == true)
            let left = try await scene.client.find(.configMap, namespace: scene.namespace, name: "shared")
            #expect(left?[path: ["data", "a"]] == "2")
        }
    }

    @Test("A write that changes nothing leaves the resourceVersion", arguments: ServerUnderTest.all)
    func noChange(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let created = try await scene.createConfigMap("same", data: ["a": "1"])
            let patched = try await scene.send(
                .mergePatch(["data": ["a": "1"]], .configMap, namespace: scene.namespace, name: "same"))
            #expect(patched.object.resourceVersion == created.resourceVersion)
        }
    }

    @Test("Merge patches remove by null, JSON patches test first", arguments: ServerUnderTest.all)
    func patches(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.createConfigMap("patched", data: ["a": "1", "b": "2"])
            let merged = try await scene.send(
                .mergePatch(["data": ["a": nil, "c": "3"]], .configMap, namespace: scene.namespace, name: "patched"))
            #expect(merged.object[path: ["data"]] == ["b": "2", "c": "3"])
            func patch(_ operations: JSONValue) -> APIRequest {
                .patch(.json, operations, .configMap, namespace: scene.namespace, name: "patched")
            }
            let edited = try await scene.send(
                patch([
                    ["op": "test", "path": "/data/b", "value": "2"], ["op": "remove", "path": "/data/b"],
                    ["op": "add", "path": "/data/d", "value": "4"],
                ]))
            #expect(edited.object[path: ["data"]] == ["c": "3", "d": "4"])
            let error = await scene.failure(of: patch([["op": "test", "path": "/data/c", "value": "0"]]))
            #expect(error?.status == 422)
        }
    }

    @Test("A dry run checks and keeps nothing", arguments: ServerUnderTest.all)
    func dryRun(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let options = WriteOptions(dryRun: true)
            let object = scene.configMap("tried")
            #expect(
                try await scene.send(.create(object, .configMap, namespace: scene.namespace, options: options)).status
                    == 201)
            #expect(try await scene.client.find(.configMap, namespace: scene.namespace, name: "tried") == nil)
            try await scene.createConfigMap("tried")
            let error = await scene.failure(
                of: .create(object, .configMap, namespace: scene.namespace, options: options))
            #expect(error?.kind == .alreadyExists)
        }
    }

    @Test("Invalid objects are refused with the field", arguments: ServerUnderTest.all)
    func invalid(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.createConfigMap("fixed", data: ["a": "1"], immutable: true)
            let change = await scene.failure(
                of: .mergePatch(["data": ["a": "2"]], .configMap, namespace: scene.namespace, name: "fixed"))
            #expect(change?.kind == .invalid)
            #expect(change?.causes.contains { $0.field == "data" } == true)

            let name = await scene.failure(
                of: .create(scene.configMap("Wrong_Name"), .configMap, namespace: scene.namespace))
            #expect(name?.kind == .invalid)
            #expect(name?.causes.first?.field == "metadata.name")

            var large = scene.configMap("large")
            large[path: ["data", "a"]] = .string(String(repeating: "x", count: 1 << 20 + 1))
            #expect(await scene.failure(of: .create(large, .configMap, namespace: scene.namespace))?.kind == .invalid)

            var numbers = scene.configMap("numbers")
            numbers[path: ["data", "a"]] = 1
            #expect(
                await scene.failure(of: .create(numbers, .configMap, namespace: scene.namespace))?.kind == .badRequest)

            var mismatched = scene.deployment("mismatched")
            mismatched[path: ["spec", "selector", "matchLabels", "app"]] = "other"
            #expect(
                await scene.failure(of: .create(mismatched, .deployment, namespace: scene.namespace))?.kind == .invalid)
        }
    }

    @Test("A namespace that isn't there takes nothing", arguments: ServerUnderTest.all)
    func unknownNamespace(server: ServerUnderTest) async throws {
        try await server.run { scene in
            var object = scene.configMap("lost")
            object.namespace = nil
            let error = await scene.failure(of: .create(object, .configMap, namespace: "conformance-none"))
            #expect(error?.kind == .notFound)
            #expect(error?.message == "namespaces \"conformance-none\" not found")
        }
    }
}
