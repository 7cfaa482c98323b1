import Synchronization
import Testing

@testable import Transfer

@Suite(.timeLimit(.minutes(1)))
struct UpgradeTests {
    let loop: CurlLoop

    init() throws {
        loop = try CurlLoop()
    }

    private func request(_ server: LoopbackServer, timeout: Duration = .seconds(20)) throws -> TransferRequest {
        TransferRequest(
            "POST", try TransferURL(server.url + "/exec?command=x"),
            headers: HeaderFields([("Upgrade", "test/1"), ("Content-Length", "0")]), timeout: timeout)
    }

    private func upgraded(_ server: LoopbackServer) async throws -> UpgradedStream {
        guard case .upgraded(let stream, _) = try await loop.upgrade(try request(server)) else {
            throw TransferError(.malformed, "test", "refused")
        }
        return stream
    }

    private static let switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: test/1\r\n\r\n"

    @Test func `after 101 bytes go both ways, from the very first`() async throws {
        let seen = Mutex("")
        let server = LoopbackServer { connection in
            seen.withLock { $0 = connection.request() ?? "" }
            connection.write(Self.switching + "hello ")
            while let bytes = connection.read() { connection.write(bytes) }
        }
        let stream = try await upgraded(server)
        try await stream.write(Array("world".utf8))
        var text = ""
        while text.utf8.count < 11, let bytes = try await stream.read() {
            text += String(decoding: bytes, as: UTF8.self)
        }
        #expect(text == "hello world")
        #expect(seen.withLock(\.self).hasPrefix("POST /exec?command=x HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"))
    }

    @Test(arguments: ["identity", "chunked", "close"])
    func `a refusal is an answer that can be read`(form: String) async throws {
        let server = LoopbackServer { connection in
            _ = connection.request()
            switch form {
            case "identity": connection.answer("403 Forbidden", body: "not you")
            case "chunked":
                connection.write(
                    "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnot \r\n3\r\nyou\r\n0\r\n\r\n")
            default: connection.write("HTTP/1.1 403 Forbidden\r\n\r\nnot you")
            }
        }
        guard case .refused(let response) = try await loop.upgrade(try request(server)) else {
            Issue.record("expected a refusal")
            return
        }
        #expect(response.status == 403)
        #expect(response.body == Array("not you".utf8))
    }

    @Test func `a server that never answers the upgrade times out`() async throws {
        let server = LoopbackServer { connection in while connection.read() != nil {} }
        let error = await #expect(throws: TransferError.self) {
            _ = try await loop.upgrade(try request(server, timeout: .milliseconds(200)))
        }
        #expect(error?.kind == .timeout)
    }

    @Test func `what is no HTTP is malformed`() async throws {
        let server = LoopbackServer { connection in
            _ = connection.request()
            connection.write("SSH-2.0-OpenSSH\r\n")
        }
        let error = await #expect(throws: TransferError.self) { _ = try await loop.upgrade(try request(server)) }
        #expect(error?.kind == .malformed)
    }

    @Test func `a writer waits for a server that doesn't read, others go on`() async throws {
        let slow = LoopbackServer { connection in
            _ = connection.request()
            connection.write(Self.switching)
            connection.pause(milliseconds: 30_000)
        }
        let quick = LoopbackServer { connection in
            _ = connection.request()
            connection.write(Self.switching)
            var count = 0
            while count < 8 << 20, let bytes = connection.read(1 << 20) { count += bytes.count }
            connection.write("done")
        }
        let stuck = try await upgraded(slow)
        let written = Mutex(0)
        let task = Task {
            for _ in 0..<256 {
                try await stuck.write([UInt8](repeating: 1, count: 1 << 18))
                written.withLock { $0 += 1 << 18 }
            }
        }
        let stream = try await upgraded(quick)
        for _ in 0..<32 { try await stream.write([UInt8](repeating: 1, count: 1 << 18)) }
        let last = try await stream.read()
        #expect(last == Array("done".utf8)[...])
        #expect(written.withLock(\.self) < 32 << 20)
        task.cancel()
        let error = await #expect(throws: TransferError.self) { _ = try await task.value }
        #expect(error?.kind == .cancelled)
    }

    @Test func `a reader that is slow slows the server down`() async throws {
        let sent = Mutex(0)
        let server = LoopbackServer { connection in
            _ = connection.request()
            connection.write(Self.switching)
            for _ in 0..<256 {
                guard connection.write([UInt8](repeating: 3, count: 1 << 17)) else { return }
                sent.withLock { $0 += 1 << 17 }
            }
        }
        let stream = try await upgraded(server)
        try await Task.sleep(for: .milliseconds(300))
        #expect(sent.withLock(\.self) < 16 << 20)
        var count = 0
        while let bytes = try await stream.read() { count += bytes.count }
        #expect(count == 32 << 20)
    }

    @Test func `what the server said before it closed is still read, and writing fails`() async throws {
        let server = LoopbackServer { connection in
            _ = connection.request()
            connection.write(Self.switching + "last word")
        }
        let stream = try await upgraded(server)
        try await Task.sleep(for: .milliseconds(100))
        await #expect(throws: TransferError.self) {
            for _ in 0..<100 {
                try await stream.write([UInt8](repeating: 0, count: 1 << 16))
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let last = try await stream.read()
        #expect(last == Array("last word".utf8)[...])
    }

    @Test func `two hundred connections live on the one thread`() async throws {
        let server = LoopbackServer { connection in
            _ = connection.request()
            connection.write(Self.switching)
            while let bytes = connection.read() { connection.write(bytes) }
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let stream = try await upgraded(server)
                    let message = Array("number \(number)".utf8)
                    try await stream.write(message)
                    var answer: [UInt8] = []
                    while answer.count < message.count, let bytes = try await stream.read() { answer += bytes }
                    return answer == message
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
