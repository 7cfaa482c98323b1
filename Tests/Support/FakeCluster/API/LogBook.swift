internal import Kubernetes
internal import Synchronization

/// What containers have said.
final class LogBook: Sendable {
    struct Key: Hashable, Sendable {
        var namespace: String
        var pod: String
        var isPrevious: Bool
    }

    private struct Log: Sendable {
        var lines: [String] = []
        var isOver = false
        var followers: [AsyncStream<[UInt8]>.Continuation] = []
    }

    private let logs = Mutex([Key: Log]())

    func append(_ lines: [String], to key: Key) {
        let followers = logs.withLock { logs in
            logs[key, default: Log()].lines += lines
            return logs[key]?.followers ?? []
        }
        for follower in followers { follower.yield(Self.bytes(lines[...])) }
    }

    /// The container has ended: whoever follows has heard all.
    func end(_ key: Key) {
        let followers = logs.withLock { logs in
            logs[key, default: Log()].isOver = true
            defer { logs[key]?.followers = [] }
            return logs[key]?.followers ?? []
        }
        for follower in followers { follower.finish() }
    }

    func text(_ key: Key, tail: Int?) -> [UInt8] {
        let lines = logs.withLock { $0[key]?.lines ?? [] }
        return Self.bytes(tail.map { lines.suffix($0) } ?? lines[...])
    }

    func follow(_ key: Key, tail: Int?) -> AsyncStream<[UInt8]> {
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
        logs.withLock { logs in
            var log = logs[key] ?? Log()
            let lines = tail.map { log.lines.suffix($0) } ?? log.lines[...]
            if !lines.isEmpty { continuation.yield(Self.bytes(lines)) }
            if log.isOver { continuation.finish() } else { log.followers.append(continuation) }
            logs[key] = log
        }
        return stream
    }

    private static func bytes(_ lines: ArraySlice<String>) -> [UInt8] {
        lines.flatMap { Array("\($0)\n".utf8) }
    }
}

extension FakeAPI {
    func log(_ id: ResourceID, _ request: FakeRequest) throws(APIFailure) -> Answer {
        guard let pod = store.read({ $0[id] }) else { throw .notFound(id) }
        try checkContainer(request.query("container"), of: pod)
        let key = LogBook.Key(namespace: id.namespace, pod: id.name, isPrevious: request.query("previous") == "true")
        let tail = request.query("tailLines").flatMap { Int($0) }
        if request.query("follow") == "true" {
            return Answer(
                status: 200, headers: [("Content-Type", "text/plain")],
                content: .stream(logs.follow(key, tail: tail), limit: nil))
        }
        var bytes = logs.text(key, tail: tail)
        if let limit = request.query("limitBytes").flatMap({ Int($0) }) { bytes = Array(bytes.prefix(limit)) }
        return Answer(status: 200, headers: [("Content-Type", "text/plain")], content: .whole(bytes))
    }

    func checkContainer(_ name: String?, of pod: StoredObject) throws(APIFailure) {
        let names = (pod.json[path: ["spec", "containers"]]?.array ?? []).compactMap { $0["name"]?.string }
        guard let name, !names.contains(name) else { return }
        throw .bad("container \(name) is not valid for pod \(pod.id.name)")
    }
}
