import Cluster
import Kubernetes
import Testing

@Suite("Watches, on every server", .timeLimit(.minutes(2)))
struct WatchConformance {
    /// What a watch said, short.
    private static func word(_ event: ObjectEvent) -> String {
        switch event {
        case .restarted(let objects): "all \(objects.map(\.name).sorted().joined(separator: " "))"
        case .added(let object): "added \(object.name)"
        case .modified(let object): "modified \(object.name)"
        case .deleted(let object): "deleted \(object.name)"
        }
    }

    private static func words(
        _ watch: ObjectWatch, count: Int, after first: @Sendable () async throws -> Void
    ) async throws
        -> [String]
    {
        var words: [String] = []
        for try await event in watch {
            words.append(word(event))
            if words.count == 1 { try await first() }
            if words.count == count { break }
        }
        return words
    }

    @Test("A watch tells what there is, then each change in order", arguments: ServerUnderTest.all)
    func changes(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.createConfigMap("a", labels: ["watched": "yes"])
            let watch = scene.client.watch(
                ObjectSelection(.configMap, namespace: scene.namespace, labels: "watched=yes"))
            let words = try await Self.words(watch, count: 5) {
                try await scene.createConfigMap("b", labels: ["watched": "yes"])
                try await scene.createConfigMap("unwatched")
                _ = try await scene.send(
                    .mergePatch(["data": ["k": "v"]], .configMap, namespace: scene.namespace, name: "b"))
                // Leaving the selection is an end, too.
                _ = try await scene.send(
                    .mergePatch(
                        ["metadata": ["labels": ["watched": nil]]], .configMap, namespace: scene.namespace, name: "a"))
                _ = try await scene.send(.delete(.configMap, namespace: scene.namespace, name: "b"))
            }
            #expect(words == ["all a", "added b", "modified b", "deleted a", "deleted b"])
        }
    }

    @Test("A watch goes on from where a list ended", arguments: ServerUnderTest.all)
    func resuming(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let selection = ObjectSelection(.configMap, namespace: scene.namespace, labels: "watched=yes")
            let version = try await scene.client.list(selection).resourceVersion
            try await scene.createConfigMap("late", labels: ["watched": "yes"])
            _ = try await scene.send(.delete(.configMap, namespace: scene.namespace, name: "late"))
            let words = try await Self.words(scene.client.watch(selection, from: version), count: 2) {}
            #expect(words == ["added late", "deleted late"])
        }
    }

    @Test("A resourceVersion that is too old makes it list again", arguments: ServerUnderTest.all)
    func tooOld(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.createConfigMap("a", labels: ["watched": "yes"])
            let selection = ObjectSelection(.configMap, namespace: scene.namespace, labels: "watched=yes")
            let words = try await Self.words(scene.client.watch(selection, from: "1"), count: 1) {}
            // A cluster that was made a minute ago still knows all that happened.
            #expect(words == ["all a"] || (server.isReal && words == ["added a"]))
        }
    }

    @Test("An observation holds the state after each change", arguments: ServerUnderTest.all)
    func observation(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let selection = ObjectSelection(.configMap, namespace: scene.namespace, labels: "watched=yes")
            var seen: [[String]] = []
            for try await observation in scene.client.observe(selection) {
                seen.append(observation.objects.values.map(\.name).sorted())
                switch seen.count {
                case 1: try await scene.createConfigMap("a", labels: ["watched": "yes"])
                case 2: try await scene.createConfigMap("b", labels: ["watched": "yes"])
                case 3: _ = try await scene.send(.delete(.configMap, namespace: scene.namespace, name: "a"))
                default: break
                }
                if seen.count == 4 { break }
            }
            #expect(seen == [[], ["a"], ["a", "b"], ["b"]])
        }
    }
}
