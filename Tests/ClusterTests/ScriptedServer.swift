import Cluster
import Synchronization

/// An API server that answers each request by a closure, over plain HTTP, and remembers what was asked.
final class ScriptedServer: Sendable {
    enum Answer: Sendable {
        case json(Int, String, headers: [String] = [])
        /// Lines of a watch; then the connection ends.
        case lines([String])
        /// Breaks the connection.
        case reset
        /// Does what it likes with the connection.
        case raw(@Sendable (LoopbackServer.Connection) -> Void)
    }

    private final class Log: Sendable {
        let requests = Mutex([String]())
    }

    private let server: LoopbackServer
    private let log = Log()

    /// - Parameter answer: Gets a request's text and its number, from 1.
    init(_ answer: @escaping @Sendable (_ request: String, _ number: Int) -> Answer) {
        let log = log
        server = LoopbackServer { connection in
            while let request = connection.request() {
                let number = log.requests.withLock { requests in
                    requests.append(request)
                    return requests.count
                }
                switch answer(request, number) {
                case .json(let status, let body, let headers):
                    connection.answer("\(status) X", headers: ["Content-Type: application/json"] + headers, body: body)
                case .lines(let lines):
                    connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + lines.map { $0 + "\n" }.joined())
                    return
                case .reset:
                    connection.reset()
                    return
                case .raw(let handle):
                    handle(connection)
                    return
                }
            }
        }
    }

    /// Method and target of each request so far: `GET /version`.
    var requests: [String] {
        texts.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    }

    var texts: [String] { log.requests.withLock(\.self) }

    func client(
        _ settings: ClientSettings = ClientSettings(requestTimeout: .seconds(10)),
        credential: @escaping ClusterAccess.CredentialSource = { _ in Credential() },
        onWarning: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ClusterClient {
        try ClusterClient(
            ClusterAccess(server: server.url, credential: credential), settings: settings, onWarning: onWarning)
    }

    static func failure(_ code: Int, _ reason: String, headers: [String] = []) -> Answer {
        .json(
            code,
            #"{"kind":"Status","status":"Failure","reason":"\#(reason)","message":"\#(reason)!","code":\#(code)}"#,
            headers: headers)
    }

    static func pod(_ name: String, version: Int) -> String {
        #"{"metadata":{"name":"\#(name)","namespace":"n","resourceVersion":"\#(version)"}}"#
    }

    static func list(_ items: [String], version: Int, token: String = "") -> Answer {
        .json(
            200,
            #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)","continue":"\#(token)"},"#
                + #""items":[\#(items.joined(separator: ","))]}"#)
    }

    static func event(_ type: String, _ name: String, version: Int) -> String {
        #"{"type":"\#(type)","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"\#(name)","#
            + #""namespace":"n","resourceVersion":"\#(version)"}}}"#
    }
}
