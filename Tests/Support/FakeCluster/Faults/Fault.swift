/// Something that goes wrong with some requests: data, so that a table can hold it.
package struct Fault: Hashable, Sendable {
    package enum Effect: Hashable, Sendable {
        /// An answer in the API's own words, without anything done.
        case refuse(Int, reason: String, retryAfter: Int?)
        /// An answer with this body, whatever it is.
        case say(Int, body: String, type: String)
        /// What was asked is done, but the connection ends before the answer.
        case vanish(reset: Bool)
        /// Ends the connection before anything is done.
        case drop(reset: Bool)
        /// The answer's body ends after so many bytes: the connection with it.
        case cut(afterBytes: Int, reset: Bool)
        /// Less body than the answer announced, and a clean end.
        case truncate(afterBytes: Int)
        /// So many bytes at a time, with a pause behind each.
        case slow(bytes: Int, pause: Duration)
        /// No answer, ever.
        case hang
        case delay(Duration)
        /// HTTP/2: this request and all before are served, the connection takes no more.
        case goAway
        /// HTTP/2: the same, but this request isn't served either.
        case goAwayRefusing
    }

    package enum Target: String, Hashable, Sendable {
        case any
        case read
        case write
        case list
        case watch
        case exec
        case apply
        case scale
        case delete
        case lease
        case log
        case discovery
    }

    package var target: Target
    package var effect: Effect
    /// How often; nil for always.
    package var times: Int?
    /// So many requests pass before.
    package var skip: Int

    package init(_ target: Target, _ effect: Effect, times: Int? = 1, skip: Int = 0) {
        self.target = target
        self.effect = effect
        self.times = times
        self.skip = skip
    }
}

extension Fault.Target {
    func concerns(_ request: FakeRequest) -> Bool {
        switch self {
        case .any: true
        case .read: request.method == "GET" && !request.isExec
        case .write: request.isWrite
        case .list: request.method == "GET" && !request.isWatch && request.isCollection
        case .watch: request.isWatch
        case .exec: request.isExec
        case .apply: request.header("content-type") == "application/apply-patch+yaml"
        case .scale: request.path.hasSuffix("/scale")
        case .delete: request.method == "DELETE"
        case .lease: request.path.contains("/leases")
        case .log: request.path.hasSuffix("/log")
        case .discovery: request.path == "/api" || request.path == "/apis"
        }
    }
}

extension FakeRequest {
    fileprivate var isCollection: Bool {
        let parts = path.split(separator: "/")
        let root = parts.first == "api" ? 2 : 3
        guard parts.count > root else { return false }
        let rest = parts.dropFirst(root)
        return rest.first == "namespaces" && rest.count > 2 ? rest.count == 3 : rest.count == 1
    }
}
