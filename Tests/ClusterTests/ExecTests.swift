import Kubernetes
import Testing

@testable import Cluster

/// Exec against servers that speak just enough of the protocols; the real thing is tested end to end.
@Suite(.timeLimit(.minutes(1)))
struct ExecTests {
    private static let target = ExecTarget(namespace: "n", pod: "p")
    private static let success = Array(#"{"status":"Success"}"#.utf8)

    private static func webSocketUpgrade(_ version: String) -> String {
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: \(version).channel.k8s.io\r\n\r\n"
    }

    private static func message(_ channel: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [0x82, UInt8(bytes.count + 1), channel] + bytes
    }

    /// Refuses SPDY and speaks WebSocket: says hello on stdout, then success, then closes.
    private static func webSocketOnly(_ refusal: ScriptedServer.Answer) -> ScriptedServer {
        ScriptedServer { request, _ in
            guard request.hasPrefix("GET") else { return refusal }
            return .raw { connection in
                connection.write(webSocketUpgrade("v5"))
                connection.write(message(1, Array("hello".utf8)) + message(3, success) + [0x88, 0])
                while connection.read() != nil {}
            }
        }
    }

    @Test(arguments: [403, 400, 502])
    func `a server that refuses SPDY is spoken to by WebSocket, from then on at once`(status: Int) async throws {
        let server = Self.webSocketOnly(.json(status, "no such protocol"))
        let client = try server.client()
        for _ in 0..<2 {
            let result = try await client.run(Self.target, ["true"], timeout: .seconds(10))
            #expect(result.status == .exited(0))
            #expect(result.outputText == "hello")
            #expect(result.transport == .webSocket)
        }
        #expect(server.requests.map { $0.prefix(4) } == ["POST", "GET ", "GET "])
        #expect(server.texts[1].contains("Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io\r\n"))
        #expect(client.counts.execs == 3)
    }

    @Test func `a server that doesn't answer SPDY is spoken to by WebSocket`() async throws {
        let server = Self.webSocketOnly(.raw { while $0.read() != nil {} })
        let client = try server.client(
            ClientSettings(requestTimeout: .seconds(10), execFallback: .milliseconds(200)))
        #expect(try await client.run(Self.target, ["true"], timeout: .seconds(10)).status == .exited(0))
    }

    @Test func `a pod that isn't there needs one request to say so`() async throws {
        let server = ScriptedServer { _, _ in ScriptedServer.failure(404, "NotFound") }
        let client = try server.client()
        let error = await #expect(throws: ClusterError.self) { _ = try await client.run(Self.target, ["true"]) }
        #expect(error?.kind == .notFound)
        #expect(server.requests.count == 1)
    }

    @Test func `who is refused by both hears the server's own words`() async throws {
        let server = ScriptedServer { request, _ in
            request.hasPrefix("POST") ? ScriptedServer.failure(403, "Forbidden") : .json(400, "bad")
        }
        let client = try server.client()
        let error = await #expect(throws: ClusterError.self) { _ = try await client.run(Self.target, ["true"]) }
        #expect(error?.kind == .forbidden)
        #expect(error?.message == "Forbidden!")
    }

    @Test(arguments: [[], message(1, [65]), message(3, Array("{}".utf8)), [0x82, 0x81, 1, 2, 3, 4]] as [[UInt8]])
    func `an end without a status is never success`(bytes: [UInt8]) async throws {
        let server = ScriptedServer { _, _ in
            .raw { connection in
                connection.write(Self.webSocketUpgrade("v4"))
                connection.write(bytes)
            }
        }
        let client = try server.client(ClientSettings(execTransport: .webSocket))
        let error = await #expect(throws: ClusterError.self) { _ = try await client.run(Self.target, ["true"]) }
        #expect(error?.kind == .interrupted)
    }

    @Test func `a status is heard although the server takes no more input`() async throws {
        let server = ScriptedServer { _, _ in
            .raw { connection in
                connection.write(Self.webSocketUpgrade("v4"))
                connection.write(Self.message(3, Self.success) + [0x88, 0])
                connection.pause(milliseconds: 200)
            }
        }
        let client = try server.client(ClientSettings(execTransport: .webSocket))
        let result = try await client.run(
            Self.target, ["true"], input: .bytes([UInt8](repeating: 0, count: 32 << 20)), timeout: .seconds(20))
        #expect(result.status == .exited(0))
        #expect(!result.isInputComplete)
    }

    @Test func `input and its end reach the server by version 5`() async throws {
        let server = ScriptedServer { _, _ in
            .raw { connection in
                connection.write(Self.webSocketUpgrade("v5"))
                var bytes: [UInt8] = []
                while bytes.count < 19, let more = connection.read() { bytes += more }
                let expected: [UInt8] =
                    [0x82, 0x86, 0, 0, 0, 0, 0] + Array("input".utf8) + [0x82, 0x82, 0, 0, 0, 0, 255]
                let status =
                    bytes.starts(with: expected) ? Self.success : Array(#"{"status":"Failure","message":"no"}"#.utf8)
                connection.write(Self.message(3, status) + [0x88, 0])
                while connection.read() != nil {}
            }
        }
        let client = try server.client(ClientSettings(execTransport: .webSocket))
        let result = try await client.run(
            Self.target, ["cat"], input: .bytes(Array("input".utf8)), timeout: .seconds(10))
        #expect(result.status == .exited(0))
        #expect(result.isInputComplete)
    }

    @Test func `an input that fails ends the command with the input's error`() async throws {
        let server = ScriptedServer { _, _ in
            .raw { connection in
                connection.write(Self.webSocketUpgrade("v5"))
                while connection.read() != nil {}
            }
        }
        let client = try server.client(ClientSettings(execTransport: .webSocket))
        let error = await #expect(throws: ClusterError.self) {
            _ = try await client.run(
                Self.target, ["cat"],
                input: .writing { session throws(ClusterError) in
                    try await session.write([1, 2, 3])
                    throw ClusterError(.configuration, "spool", "can't be read")
                }, timeout: .seconds(10))
        }
        #expect(error?.subject == "spool")
    }

    @Test func `a command that doesn't end is left after the timeout`() async throws {
        let server = ScriptedServer { _, _ in
            .raw { connection in
                connection.write(Self.webSocketUpgrade("v5"))
                while connection.read() != nil {}
            }
        }
        let client = try server.client(ClientSettings(execTransport: .webSocket))
        let error = await #expect(throws: ClusterError.self) {
            _ = try await client.run(Self.target, ["sleep"], timeout: .milliseconds(200))
        }
        #expect(error?.kind == .timeout)
    }

    @Test func `output beyond the limit is dropped, and said so`() async throws {
        let server = ScriptedServer { _, _ in
            .raw { connection in
                connection.write(Self.webSocketUpgrade("v5"))
                for _ in 0..<10 { connection.write(Self.message(1, [UInt8](repeating: 66, count: 100))) }
                connection.write(Self.message(3, Self.success) + [0x88, 0])
                while connection.read() != nil {}
            }
        }
        let client = try server.client(ClientSettings(execTransport: .webSocket))
        let result = try await client.run(Self.target, ["x"], outputLimit: 250, timeout: .seconds(10))
        #expect(result.output.count == 250)
        #expect(result.isTruncated)
    }
}
