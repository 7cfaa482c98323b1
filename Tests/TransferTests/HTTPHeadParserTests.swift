import Testing

@testable import Transfer

struct HTTPHeadParserTests {
    private static let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nX-A:  b \r\n\r\nrest"

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `a head is found however the bytes are cut`(size: Int) throws {
        var parser = HTTPHeadParser()
        var rest = Array(Self.answer.utf8)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(size)
            guard case .head(let head, let behind) = parser.take(piece) else { continue }
            #expect(head.status == 101)
            #expect(head.headers["upgrade"] == "SPDY/3.1")
            #expect(head.headers["X-A"] == "b")
            #expect(Array(behind + rest) == Array("rest".utf8))
            return
        }
        Issue.record("no head found")
    }

    @Test func `a provisional answer is skipped`() {
        var parser = HTTPHeadParser()
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n"
        guard case .head(let head, _) = parser.take(Array(text.utf8)[...]) else {
            Issue.record("no head found")
            return
        }
        #expect(head.status == 404)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/2 200\r\n\r\n",
    ])
    func `what is no answer is malformed`(text: String) {
        var parser = HTTPHeadParser()
        guard case .malformed = parser.take(Array(text.utf8)[...]) else {
            Issue.record("taken for an answer")
            return
        }
    }

    @Test func `a head without end is malformed`() {
        var parser = HTTPHeadParser()
        var step = parser.take(Array("HTTP/1.1 200 OK\r\n".utf8)[...])
        for _ in 0..<100 where step == .needsMore { step = parser.take([UInt8](repeating: 65, count: 1024)[...]) }
        guard case .malformed = step else {
            Issue.record("still waiting")
            return
        }
    }
}

struct TransferURLTests {
    @Test(arguments: [
        ("https://a:6443/x?y=z#f", "a", 6443, "/x?y=z", "https://a:6443/x"), ("http://b", "b", 80, "/", "http://b/"),
        ("https://[::1]:8443/p", "[::1]", 8443, "/p", "https://[::1]:8443/p"),
        ("https://c?q", "c", 443, "/?q", "https://c/"),
    ])
    func `a URL is taken apart`(text: String, host: String, port: Int, target: String, display: String) throws {
        let url = try TransferURL(text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect(url.display == display)
    }

    @Test(arguments: [
        "", "a", "ftp://a", "https://", "https://:1", "https://a:0", "https://a:99999", "https://a:b", "https://[::1",
        "https://user:secret@a", "https://a/b c", "https://a/\r\nX: y",
    ])
    func `what is no URL is refused without being repeated`(text: String) {
        let error = #expect(throws: TransferError.self) { try TransferURL(text) }
        #expect(error?.kind == .invalidRequest)
        #expect(error?.description.contains("secret") == false)
    }
}
