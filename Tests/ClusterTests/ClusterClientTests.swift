import Kubernetes
import Synchronization
import Testing

@testable import Cluster

@Suite(.timeLimit(.minutes(1)))
struct ClusterClientTests {
    private static let read = APIRequest(.get, "/api/v1/namespaces/n/pods/a")
    private static let write = APIRequest(.post, "/api/v1/namespaces/n/pods", body: Array("{}".utf8))
    private static let okay = ScriptedServer.Answer.json(200, #"{"a":1}"#)

    @Test func `an answer is JSON, and requests are counted`() async throws {
        let server = ScriptedServer { _, _ in Self.okay }
        let client = try server.client()
        #expect(try await client.send(Self.read).json == ["a": 1])
        _ = try await client.send(Self.write)
        #expect(client.counts.requests == 2)
        #expect(client.counts.writes == 1)
    }

    @Test func `what is no JSON is malformed`() async throws {
        let server = ScriptedServer { _, _ in .json(200, "<html>") }
        let client = try server.client()
        let error = await #expect(throws: ClusterError.self) { try await client.send(Self.read) }
        #expect(error?.kind == .malformed)
    }

    @Test func `429 is waited out, also for a write`() async throws {
        let server = ScriptedServer { _, number in
            number < 3 ? ScriptedServer.failure(429, "TooManyRequests", headers: ["Retry-After: 0"]) : Self.okay
        }
        let client = try server.client()
        _ = try await client.send(Self.write)
        #expect(client.counts.retries == 2)
    }

    @Test func `a wait beyond the deadline is not begun`() async throws {
        let server = ScriptedServer { _, _ in
            ScriptedServer.failure(503, "ServiceUnavailable", headers: ["Retry-After: 60"])
        }
        let client = try server.client()
        let start = ContinuousClock.now
        let error = await #expect(throws: ClusterError.self) {
            try await client.send(Self.read, timeout: .seconds(2))
        }
        #expect(error?.kind == .serverFailure)
        #expect(start.duration(to: .now) < .seconds(1))
    }

    @Test func `a read survives a broken connection, a write is not sent twice`() async throws {
        let server = ScriptedServer { _, number in number % 2 == 1 ? .reset : Self.okay }
        let client = try server.client()
        _ = try await client.send(Self.read)
        #expect(server.requests.count == 2)
        let error = await #expect(throws: ClusterError.self) { try await client.send(Self.write) }
        #expect(error?.kind == .unreachable)
        #expect(server.requests.count == 3)
    }

    @Test func `many refused requests renew the credential once`() async throws {
        let renewals = Mutex(0)
        let server = ScriptedServer { request, _ in
            request.contains("Bearer fresh") ? Self.okay : ScriptedServer.failure(401, "Unauthorized")
        }
        let client = try server.client { renew in
            let count = renewals.withLock { count in
                if renew { count += 1 }
                return count
            }
            return Credential(authorization: .bearer(count > 0 ? "fresh" : "stale"))
        }
        let answers = await client.all([APIRequest](repeating: Self.read, count: 20))
        #expect(answers.allSatisfy { (try? $0.get()) != nil })
        #expect(renewals.withLock { $0 } == 1)
    }

    @Test func `a credential that stays refused is an error without the credential`() async throws {
        let server = ScriptedServer { _, _ in ScriptedServer.failure(401, "Unauthorized") }
        let client = try server.client { _ in Credential(authorization: .bearer("topsecret")) }
        let error = await #expect(throws: ClusterError.self) { try await client.send(Self.read) }
        #expect(error?.kind == .unauthorized)
        #expect(error.map { "\($0)".contains("topsecret") } == false)
        #expect(server.requests.count == 2)
    }

    @Test func `no more requests are on their way than allowed`() async throws {
        let running = Mutex(0)
        let most = Mutex(0)
        let server = ScriptedServer { _, _ in
            .raw { connection in
                let now = running.withLock { count in
                    count += 1
                    return count
                }
                most.withLock { $0 = max($0, now) }
                connection.pause(milliseconds: 20)
                running.withLock { $0 -= 1 }
                connection.answer("200 OK", headers: ["Connection: close"], body: "{}")
            }
        }
        let client = try server.client(ClientSettings(inFlight: 4, requestTimeout: .seconds(20)))
        let answers = await client.all([APIRequest](repeating: Self.read, count: 30))
        #expect(answers.allSatisfy { (try? $0.get()) != nil })
        #expect(most.withLock { $0 } <= 4)
    }

    @Test func `a warning is told once`() async throws {
        let warnings = Mutex([String]())
        let server = ScriptedServer { _, _ in .json(200, "{}", headers: [#"Warning: 299 - "old""#]) }
        let client = try server.client(onWarning: { text in warnings.withLock { $0.append(text) } })
        for _ in 0..<3 { _ = try await client.send(Self.read) }
        #expect(warnings.withLock { $0 } == ["old"])
    }

    @Test func `a list is read page by page, and again from the start when a token has expired`() async throws {
        let server = ScriptedServer { request, number in
            switch number {
            case 1: return ScriptedServer.list([ScriptedServer.pod("a", version: 1)], version: 5, token: "t 1")
            case 2: return ScriptedServer.failure(410, "Expired")
            case 3: return ScriptedServer.list([ScriptedServer.pod("a", version: 1)], version: 6, token: "t2")
            default: return ScriptedServer.list([ScriptedServer.pod("b", version: 2)], version: 6)
            }
        }
        let list = try await server.client().list(ObjectSelection(.pod, namespace: "n", labels: "x=y"))
        #expect(list.items.map(\.name) == ["a", "b"])
        #expect(list.items.map(\.kind) == ["Pod", "Pod"])
        #expect(
            server.requests == [
                "GET /api/v1/namespaces/n/pods?labelSelector=x%3Dy&limit=500",
                "GET /api/v1/namespaces/n/pods?labelSelector=x%3Dy&limit=500&continue=t%201",
                "GET /api/v1/namespaces/n/pods?labelSelector=x%3Dy&limit=500",
                "GET /api/v1/namespaces/n/pods?labelSelector=x%3Dy&limit=500&continue=t2",
            ])
    }

    @Test func `nothing is found where nothing is`() async throws {
        let server = ScriptedServer { _, _ in ScriptedServer.failure(404, "NotFound") }
        #expect(try await server.client().find(.pod, namespace: "n", name: "a") == nil)
    }

    @Test func `an error in a stream's head is an error`() async throws {
        let server = ScriptedServer { _, _ in ScriptedServer.failure(403, "Forbidden") }
        let client = try server.client()
        let error = await #expect(throws: ClusterError.self) { _ = try await client.logs(namespace: "n", pod: "a") }
        #expect(error?.kind == .forbidden)
    }

    @Test func `a server's URL must be one`() {
        let error = #expect(throws: ClusterError.self) {
            _ = try ClusterClient(ClusterAccess(server: "10.0.0.1:6443"))
        }
        #expect(error?.kind == .configuration)
    }

    @Test func `discovery of an old server asks each group, and bears one that is down`() async throws {
        let server = ScriptedServer { request, _ in
            switch request.split(separator: " ")[1] {
            case "/api": .json(200, #"{"kind":"APIVersions","versions":["v1"]}"#)
            case "/apis":
                .json(
                    200,
                    #"{"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}]},"#
                        + #"{"name":"metrics","versions":[{"groupVersion":"metrics/v1","version":"v1"}]}]}"#)
            case "/api/v1":
                .json(
                    200,
                    #"{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","namespaced":true,"kind":"Pod"}]}"#
                )
            case "/apis/apps/v1":
                .json(
                    200,
                    #"{"kind":"APIResourceList","groupVersion":"apps/v1","resources":"#
                        + #"[{"name":"deployments","namespaced":true,"kind":"Deployment"}]}"#)
            default: ScriptedServer.failure(503, "ServiceUnavailable")
            }
        }
        let client = try server.client()
        let discovery = try await client.discovery()
        #expect(discovery.lookup(kind: "Deployment", group: "apps") == .deployment)
        #expect(discovery.lookup(kind: "Pod", group: "") == .pod)
        #expect(server.requests.count == 5)
        _ = try await client.discovery()
        #expect(server.requests.count == 5)
    }
}
