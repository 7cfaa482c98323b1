import Synchronization
import Testing

@testable import Transfer

@Suite(.timeLimit(.minutes(1)))
struct CurlLoopTests {
    let loop: CurlLoop

    init() throws {
        loop = try CurlLoop()
    }

    private func request(
        _ server: LoopbackServer, _ method: String = "GET", path: String = "/", headers: HeaderFields = HeaderFields(),
        body: [UInt8]? = nil, timeout: Duration = .seconds(20), limit: Int = 1 << 20
    ) throws -> TransferRequest {
        TransferRequest(
            method, try TransferURL(server.url + path), headers: headers, body: body, timeout: timeout,
            responseLimit: limit)
    }

    @Test func `a request goes out with its method, headers and body`() async throws {
        let seen = Mutex("")
        let server = LoopbackServer { connection in
            seen.withLock { $0 = connection.request() ?? "" }
            connection.answer("201 Created", headers: ["X-One: 1"], body: "made")
        }
        var headers = HeaderFields()
        headers.append("Content-Type", "text/x")
        headers.append("X-Empty", "")
        let response = try await loop.response(
            to: try request(server, "PATCH", path: "/a?b=c", headers: headers, body: Array("body".utf8)))
        #expect(response.status == 201)
        #expect(response.headers["x-one"] == "1")
        #expect(response.body == Array("made".utf8))
        let text = seen.withLock(\.self)
        #expect(text.hasPrefix("PATCH /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"))
        #expect(text.contains("\r\nContent-Type: text/x\r\n"))
        #expect(text.contains("\r\nX-Empty:\r\n"))
        #expect(!text.contains("Expect"))
        #expect(text.hasSuffix("\r\n\r\nbody"))
    }

    @Test func `connections are used again`() async throws {
        let server = LoopbackServer { connection in
            while connection.request() != nil { connection.answer("200 OK", body: "x") }
        }
        for _ in 0..<5 { _ = try await loop.response(to: try request(server)) }
        #expect(server.connections == 1)
    }

    @Test func `many requests run at once on the one thread`() async throws {
        let server = LoopbackServer { connection in
            while let text = connection.request() {
                connection.answer("200 OK", body: String(text.split(separator: " ")[1]))
            }
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                let request = try request(server, path: "/\(number)")
                group.addTask { try await loop.response(to: request).body == Array("/\(number)".utf8) }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func `nobody listening is refused`() async throws {
        let server = LoopbackServer { _ in }
        let url = try TransferURL("http://127.0.0.1:1/secret?token=abc")
        let error = await #expect(throws: TransferError.self) {
            try await loop.response(to: TransferRequest("GET", url))
        }
        #expect(error?.kind == .refused)
        #expect(error?.subject == "GET http://127.0.0.1:1/secret")
        withExtendedLifetime(server) {}
    }

    @Test func `a server that says nothing times out`() async throws {
        let server = LoopbackServer { connection in
            _ = connection.request(); while connection.read() != nil {}
        }
        let error = await #expect(throws: TransferError.self) {
            try await loop.response(to: try request(server, timeout: .milliseconds(200)))
        }
        #expect(error?.kind == .timeout)
    }

    @Test(arguments: [false, true])
    func `a connection that breaks is a reset`(halfway: Bool) async throws {
        let server = LoopbackServer { connection in
            _ = connection.request()
            if halfway { connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") }
            connection.reset()
        }
        let error = await #expect(throws: TransferError.self) { try await loop.response(to: try request(server)) }
        #expect(error?.kind == .reset)
    }

    @Test func `an answer that is too large is refused`() async throws {
        let server = LoopbackServer { connection in
            _ = connection.request()
            connection.answer("200 OK", body: String(repeating: "x", count: 2000))
        }
        let error = await #expect(throws: TransferError.self) {
            try await loop.response(to: try request(server, limit: 1000))
        }
        #expect(error?.kind == .tooLarge)
    }

    @Test func `a line break in a header never leaves`() async throws {
        let server = LoopbackServer { _ in }
        let headers = HeaderFields([("Authorization", "Bearer secret\r\nX-Evil: 1")])
        let error = await #expect(throws: TransferError.self) {
            try await loop.response(to: try request(server, headers: headers))
        }
        #expect(error?.kind == .invalidRequest)
        #expect(error?.description.contains("secret") == false)
        #expect(server.connections == 0)
    }

    @Test func `cancellation ends a request at once`() async throws {
        let server = LoopbackServer { connection in
            _ = connection.request(); while connection.read() != nil {}
        }
        let request = try request(server)
        let task = Task { try await loop.response(to: request) }
        try await Task.sleep(for: .milliseconds(50))
        let start = ContinuousClock.now
        task.cancel()
        let error = await #expect(throws: TransferError.self) { _ = try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(start.duration(to: .now) < .seconds(1))
    }

    @Test func `a task that is cancelled already doesn't wait`() async throws {
        let server = LoopbackServer { connection in while connection.read() != nil {} }
        let request = try request(server)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await loop.response(to: request)
        }
        let error = await #expect(throws: TransferError.self) { _ = try await task.value }
        #expect(error?.kind == .cancelled)
    }

    @Test func `a stream gives its head before its body, and slows the server down`() async throws {
        let sent = Mutex(0)
        let server = LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            let chunk = [UInt8](repeating: 7, count: 1 << 16)
            for _ in 0..<512 {
                guard connection.write(chunk) else { return }
                sent.withLock { $0 += chunk.count }
            }
        }
        let stream = try await loop.stream(try request(server))
        #expect(stream.head.status == 200)
        try await Task.sleep(for: .milliseconds(300))
        // The pipe, libcurl and the kernel hold some; all of it would be 32 MiB.
        #expect(sent.withLock(\.self) < 16 << 20)
        var count = 0
        for try await chunk in stream { count += chunk.count }
        #expect(count == 32 << 20)
    }

    @Test func `a stream that is dropped ends the transfer`() async throws {
        let ended = Mutex(false)
        let server = LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfirst")
            while connection.read() != nil {}
            ended.withLock { $0 = true }
        }
        do {
            let stream = try await loop.stream(try request(server))
            var iterator = stream.makeAsyncIterator()
            #expect(try await iterator.next() == Array("first".utf8))
        }
        for _ in 0..<200 where !ended.withLock(\.self) { try await Task.sleep(for: .milliseconds(10)) }
        let hasEnded = ended.withLock(\.self)
        #expect(hasEnded)
    }

    @Test func `a stream's head has a deadline, its body none`() async throws {
        let server = LoopbackServer { connection in
            guard let text = connection.request() else { return }
            if text.hasPrefix("GET /late") { while connection.read() != nil {} }
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            connection.pause(milliseconds: 400)
            connection.write("end")
        }
        let late = try request(server, path: "/late", timeout: .milliseconds(150))
        let error = await #expect(throws: TransferError.self) { _ = try await loop.stream(late) }
        #expect(error?.kind == .timeout)
        let stream = try await loop.stream(try request(server, timeout: .milliseconds(200)))
        #expect(try await stream.collect(upTo: 100) == Array("end".utf8))
    }

    @Test func `a loop that is let go ends`() async throws {
        let server = LoopbackServer { connection in
            while connection.request() != nil { connection.answer("200 OK") }
        }
        for _ in 0..<20 {
            let loop = try CurlLoop()
            _ = try await loop.response(to: try request(server))
        }
    }
}
