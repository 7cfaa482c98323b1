import Foundation
import Kubernetes
import Testing

@testable import Operations

/// The program that runs in pods, run here beside a service of Python's own.
@Suite("The program that asks services", .timeLimit(.minutes(5)))
struct AccessProgramTests {
    private static let service = """
        import sys, threading
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *_): pass
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"] or 0))
                size = int(self.path.partition("=")[2] or 0)
                answer = body + (self.headers["authorization"] or "").encode() + b"x" * size
                self.send_response(404 if "missing" in self.path else 200)
                self.send_header("Content-Length", str(len(answer)))
                if "close" in self.path: self.close_connection = True
                self.end_headers()
                self.wfile.write(answer)
            do_GET = do_POST
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """

    /// A program with its input and output, ended with the test.
    private final class Child {
        private let process = Process()
        private let input = Pipe()
        private let output = Pipe()

        init(_ words: String...) throws {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3"] + words
            process.standardInput = input
            process.standardOutput = output
            try process.run()
        }

        deinit {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }

        func write(_ bytes: [UInt8]) { input.fileHandleForWriting.write(Data(bytes)) }

        func bytes(_ count: Int) throws -> [UInt8] {
            var bytes: [UInt8] = []
            while bytes.count < count {
                let more = try output.fileHandleForReading.read(upToCount: count - bytes.count) ?? Data()
                if more.isEmpty { break }
                bytes += more
            }
            return bytes
        }

        func line() throws -> JSONValue {
            var line: [UInt8] = []
            while let byte = try bytes(1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
            return try JSONValue(parsing: line)
        }

        /// The status and body of an answer, or its failure's kind.
        func answer(_ id: Int) throws -> (status: Int, body: [UInt8], failure: String?) {
            var (status, body): (Int, [UInt8]) = (0, [])
            while true {
                let line = try line()
                #expect(line["id"]?.integer == id)
                if let kind = line["kind"]?.string { return (status, body, kind) }
                if line["end"] != nil { return (status, body, nil) }
                status = line["status"]?.integer ?? status
                if let length = line["length"]?.integer {
                    #expect(length <= 1 << 18)
                    body += try bytes(length)
                }
            }
        }
    }

    @Test("answers in order, streams what is large, keeps credentials to itself, and survives every failure")
    func answers() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sds-access-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let service = try Child("-c", Self.service)
        let port = try #require(try service.line().integer)
        let credentials = folder.appending(path: "c.json").path
        try Data(#"{"user": "u", "password": "pä"}"#.utf8).write(to: URL(fileURLWithPath: credentials))
        let access = folder.appending(path: "access.json")
        try Data(
            """
            {"services": {"es": {"url": "http://127.0.0.1:\(port)/base", "credentials": "\(credentials)"},
             "open": {"url": "http://127.0.0.1:\(port)"}, "away": {"url": "http://127.0.0.1:1"},
             "broken": {"url": "ftp://x"}}}
            """.utf8
        ).write(to: access)

        let program = try Child("-c", AccessProgram.loader, access.path)
        let text = Array(AccessProgram.text.utf8)
        program.write(Array("\(text.count)\n".utf8) + text)
        #expect(try program.line()["ready"] == ["away", "broken", "es", "open"])

        program.write(WebRequest("POST", "es", "/x", json: ["a": 1]).frame(id: 1))
        program.write(WebRequest("GET", "open", "/missing?n=2").frame(id: 2))
        program.write(WebRequest("GET", "open", "/close?n=1000000").frame(id: 3))
        program.write(WebRequest("GET", "away", "/").frame(id: 4))
        program.write(WebRequest("GET", "nobody", "/").frame(id: 5))
        program.write(WebRequest("GET", "broken", "/").frame(id: 6))
        program.write(WebRequest("GET", "open", "/?n=3").frame(id: 7))
        let first = try program.answer(1)
        #expect(first.status == 200)
        #expect(String(decoding: first.body, as: UTF8.self) == #"{"a":1}Basic dTpww6Q="#)
        let second = try program.answer(2)
        #expect(second.status == 404 && second.body == Array("xx".utf8))
        #expect(try program.answer(3).body.count == 1_000_000)
        #expect(try program.answer(4).failure == "unreachable")
        #expect(try program.answer(5).failure == "configuration")
        #expect(try program.answer(6).failure == "configuration")
        #expect(try program.answer(7).body == Array("xxx".utf8))
        program.write(Array("{\"end\":true}\n".utf8))
        #expect(try program.bytes(1).isEmpty)
    }

    @Test("says so when the pod has no file with addresses")
    func missing() throws {
        let program = try Child("-c", AccessProgram.loader, "/nowhere/access.json")
        let text = Array(AccessProgram.text.utf8)
        program.write(Array("\(text.count)\n".utf8) + text)
        let line = try program.line()
        #expect(line["ready"] == nil && line["kind"] == "configuration")
    }

    @Test("an answer's reason is the service's own, and steers no terminal")
    func reasons() {
        func reason(_ text: String) -> String { WebReply(status: 400, type: "", body: Array(text.utf8)).reason }
        #expect(
            reason(#"{"error": {"root_cause": [{"reason": "no such index [a]"}], "reason": "x"}, "status": 404}"#)
                == "HTTP 400: no such index [a]")
        #expect(reason(#"{"message": "RuntimeError: x", "success": false}"#) == "HTTP 400: RuntimeError: x")
        #expect(reason("a\u{1b}[31mb\n") == "HTTP 400: a [31mb ")
        #expect(reason("") == "HTTP 400")
        #expect(WebRequest.segment("container-a:1/ü") == "container-a%3A1%2F%C3%BC")
    }
}
