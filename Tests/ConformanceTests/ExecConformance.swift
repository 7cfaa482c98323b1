import Cluster
import FakeCluster
import Kubernetes
import Testing

@Suite("Exec, on every server and transport", .timeLimit(.minutes(2)))
struct ExecConformance {
    private static func clients(_ scene: Scene) throws -> [ClusterClient] {
        try ExecTransport.allCases.map { transport in
            try ClusterClient(scene.client.access, settings: ClientSettings(execTransport: transport))
        }
    }

    @Test("Both output streams and the exit code arrive", arguments: ServerUnderTest.all)
    func outputs(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.startPod("runner")
            let target = ExecTarget(namespace: scene.namespace, pod: "runner")
            for client in try Self.clients(scene) {
                let both = try await client.run(target, Scripts.bothStreams, timeout: .seconds(30))
                #expect(both.status == .exited(4), "\(both.transport)")
                #expect(both.outputText == "out\n")
                #expect(both.errorText == "err\n")
                #expect(try await client.run(target, Scripts.exitThree, timeout: .seconds(30)).status == .exited(3))
                #expect(try await client.run(target, ["true"], timeout: .seconds(30)).status == .exited(0))
                let large = try await client.run(target, Scripts.megabyte, timeout: .seconds(30))
                #expect(large.output.count == 1_000_000)
                #expect(large.status.isSuccess)
            }
        }
    }

    @Test("Stdin arrives whole", arguments: ServerUnderTest.all)
    func input(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.startPod("runner")
            let target = ExecTarget(namespace: scene.namespace, pod: "runner")
            let bytes = (0..<Scripts.digestSize).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            var digests: Set<String> = []
            for client in try Self.clients(scene) {
                let bounded = try await client.run(
                    target, Scripts.boundedDigest(bytes.count), input: .bytes(bytes), timeout: .seconds(60))
                #expect(bounded.status.isSuccess, "\(bounded.transport)")
                #expect(bounded.isInputComplete)
                digests.insert(bounded.outputText)
                let halfCloses = try await client.withExec(target, ["cat"], hasInput: true) {
                    (session: ExecSession) throws(ClusterError) in session.halfCloses
                }
                guard halfCloses else { continue }
                let ended = try await client.run(target, ["sha256sum"], input: .bytes(bytes), timeout: .seconds(60))
                digests.insert(ended.outputText)
                #expect(ended.status.isSuccess, "\(ended.transport)")
            }
            #expect(digests == ["b53f9cbde53ca52a99d03de9fe2a95b8961fdcea4d93f248fa36a30e24a5f293  -\n"])
        }
    }

    @Test("What can't be run says so", arguments: ServerUnderTest.all)
    func refusals(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.startPod("runner")
            let target = ExecTarget(namespace: scene.namespace, pod: "runner")
            for client in try Self.clients(scene) {
                let unknown = try await client.run(target, ["no-such-program"], timeout: .seconds(30))
                guard case .failed(let message) = unknown.status else {
                    Issue.record("\(unknown.status)")
                    continue
                }
                #expect(message.contains("no-such-program"))
                await Self.expect(.notFound, client, ExecTarget(namespace: scene.namespace, pod: "none"))
                await Self.expect(
                    .badRequest, client, ExecTarget(namespace: scene.namespace, pod: "runner", container: "none"))
            }
        }
    }

    private static func expect(_ kind: ClusterError.Kind, _ client: ClusterClient, _ target: ExecTarget) async {
        do {
            let result = try await client.run(target, ["true"], timeout: .seconds(30))
            Issue.record("it ended with \(result.status)")
        } catch {
            #expect(error.kind == kind, "\(error)")
            #expect(error.description.contains(target.pod))
        }
    }
}
