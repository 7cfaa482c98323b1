internal import Kubernetes

/// What the API answers, before faults get hold of it.
struct Answer: Sendable {
    enum Content: Sendable {
        case whole([UInt8])
        /// A body without a known end; the end of the stream, or the limit, ends it.
        case stream(AsyncStream<[UInt8]>, limit: Duration?)
        /// The connection becomes that of a command.
        case exec(ExecHandshake)
    }

    var status: Int
    var headers: [(name: String, value: String)]
    var content: Content

    static func json(_ json: JSONValue, status: Int = 200) -> Answer {
        Answer(status: status, headers: [("Content-Type", "application/json")], content: .whole(json.serialized()))
    }

    static func text(_ text: String, status: Int = 200) -> Answer {
        Answer(status: status, headers: [("Content-Type", "text/plain")], content: .whole(Array(text.utf8)))
    }

    static func failure(_ failure: APIFailure, headers: [(name: String, value: String)] = []) -> Answer {
        var answer = Answer.json(failure.json, status: failure.code)
        answer.headers += headers
        return answer
    }
}
