import Cluster
import Kubernetes
import Testing

@Suite("Logs, on every server", .timeLimit(.minutes(2)))
struct LogConformance {
    @Test("A log comes whole or from its end", arguments: ServerUnderTest.all)
    func text(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.startPod("talker")
            func text(_ options: LogOptions = LogOptions()) async throws -> String {
                try await scene.client.logText(namespace: scene.namespace, pod: "talker", options: options)
            }
            // On a real server the pod may be running before its first word.
            for _ in 0..<50 where try await text() != "first\nsecond\n" {
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await text() == "first\nsecond\n")
            #expect(try await text(LogOptions(tailLines: 1)) == "second\n")
            #expect(try await text(LogOptions(limitBytes: 3)) == "fir")
        }
    }

    @Test("A followed log ends with its container", arguments: ServerUnderTest.all)
    func follow(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.startPod("talker", ends: true)
            let text = try await scene.client.logText(
                namespace: scene.namespace, pod: "talker", options: LogOptions(follow: true))
            #expect(text == "first\nsecond\nthird\n")
        }
    }

    @Test("No pod, no log", arguments: ServerUnderTest.all)
    func missing(server: ServerUnderTest) async throws {
        try await server.run { scene in
            do throws(ClusterError) {
                let text = try await scene.client.logText(namespace: scene.namespace, pod: "none")
                Issue.record("a log of \(text.utf8.count) bytes")
            } catch {
                #expect(error.kind == .notFound)
                #expect(error.message.contains("none"))
            }
        }
    }
}
