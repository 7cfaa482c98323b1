import Kubernetes
import Testing

@testable import Cluster

@Suite(.timeLimit(.minutes(1)))
struct ObjectWatchTests {
    private static let pods = ObjectSelection(.pod, namespace: "n")

    /// What a watch told, in short: `=a b`, `+a`, `~a`, `-a`.
    private static func brief(_ event: ObjectEvent) -> String {
        switch event {
        case .restarted(let objects): "=\(objects.map(\.name).joined(separator: " "))"
        case .added(let object): "+\(object.name)"
        case .modified(let object): "~\(object.name)"
        case .deleted(let object): "-\(object.name)"
        }
    }

    private static func first(_ count: Int, of watch: ObjectWatch) async throws -> [String] {
        var told: [String] = []
        for try await event in watch {
            told.append(brief(event))
            if told.count == count { break }
        }
        return told
    }

    @Test func `a watch begins with a list and goes on where a connection ended`() async throws {
        let server = ScriptedServer { request, number in
            switch number {
            case 1: return ScriptedServer.list([ScriptedServer.pod("a", version: 3)], version: 5)
            case 2:
                return .lines([
                    ScriptedServer.event("ADDED", "b", version: 6), ScriptedServer.event("MODIFIED", "b", version: 7),
                    #"{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"9"}}}"#,
                ])
            case 3: return .reset
            case 4: return .lines([])
            default: return .lines([ScriptedServer.event("DELETED", "a", version: 10)])
            }
        }
        let told = try await Self.first(4, of: try server.client().watch(Self.pods))
        #expect(told == ["=a", "+b", "~b", "-a"])
        let versions = server.requests.compactMap { request in
            request.split(separator: "&").first { $0.hasPrefix("resourceVersion=") }.map(String.init)
        }
        #expect(versions == ["resourceVersion=5"] + [String](repeating: "resourceVersion=9", count: 3))
    }

    @Test(arguments: [true, false])
    func `what has expired is listed again`(isEvent: Bool) async throws {
        let server = ScriptedServer { _, number in
            switch number {
            case 1: return ScriptedServer.list([ScriptedServer.pod("a", version: 3)], version: 5)
            case 2 where isEvent:
                return .lines([
                    #"{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired","code":410}}"#
                ])
            case 2: return ScriptedServer.failure(410, "Expired")
            case 3: return ScriptedServer.list([ScriptedServer.pod("b", version: 8)], version: 9)
            default: return .lines([ScriptedServer.event("ADDED", "c", version: 10)])
            }
        }
        #expect(try await Self.first(3, of: try server.client().watch(Self.pods)) == ["=a", "=b", "+c"])
    }

    @Test func `a watch that is not allowed ends with that error`() async throws {
        let server = ScriptedServer { _, number in
            number == 1 ? ScriptedServer.list([], version: 5) : ScriptedServer.failure(403, "Forbidden")
        }
        let watch = try server.client().watch(Self.pods)
        let error = await #expect(throws: ClusterError.self) { _ = try await Self.first(5, of: watch) }
        #expect(error?.kind == .forbidden)
    }

    @Test func `cancellation ends a watch at once`() async throws {
        let server = ScriptedServer { _, number in
            number == 1 ? ScriptedServer.list([], version: 5) : .raw { while $0.read() != nil {} }
        }
        let watch = try server.client().watch(Self.pods)
        let task = Task { try await Self.first(5, of: watch) }
        while server.requests.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        let start = ContinuousClock.now
        let error = await #expect(throws: ClusterError.self) { _ = try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(start.duration(to: .now) < .seconds(1))
    }

    @Test func `an observation remembers the state and says what is new`() {
        func pod(_ name: String, _ version: String) -> KubernetesObject {
            KubernetesObject(["kind": "Pod", "metadata": ["name": .string(name), "resourceVersion": .string(version)]])
        }
        let start = Observation().following(.restarted([pod("a", "1"), pod("b", "1")]))
        #expect(start.changed.map(\.name).sorted() == ["a", "b"])
        let changed = start.following(.modified(pod("a", "2")))
        #expect(changed.changed.map(\.name) == ["a"])
        #expect(changed.objects.count == 2)
        let gone = changed.following(.deleted(pod("b", "1")))
        #expect(gone.objects.keys.map(\.name) == ["a"])
        #expect(gone.changed.map(\.name) == ["b"])
        let restarted = gone.following(.restarted([pod("a", "2"), pod("c", "1")]))
        #expect(restarted.changed.map(\.name) == ["c"])
        #expect(restarted.following(.restarted([])).changed.map(\.name).sorted() == ["a", "c"])
    }
}
