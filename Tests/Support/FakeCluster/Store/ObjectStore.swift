internal import Kubernetes
internal import Synchronization

/// All objects of the cluster and the history of their changes; every operation is one step that nothing can come between.
final class ObjectStore: Sendable {
    private struct Subscriber: Sendable {
        var filter: Filter
        var isMetadataOnly: Bool
        var wantsBookmarks: Bool
        var lines: AsyncStream<[UInt8]>.Continuation
    }

    private struct Shared: Sendable {
        var state = StoreState()
        var subscribers: [Int: Subscriber] = [:]
        var lastSubscriber = 0
        var told = 0

        mutating func endAll() -> [Subscriber] {
            defer { subscribers = [:] }
            return Array(subscribers.values)
        }
    }

    private let shared = Mutex(Shared())

    /// Carries out one step and tells the watchers of it, unless it is only tried.
    func transact<Value: Sendable>(
        isTrial: Bool = false, _ body: (inout StoreState) throws(APIFailure) -> Value
    ) throws(APIFailure) -> Value {
        let result: Result<Value, APIFailure> = shared.withLock { shared in
            let before = isTrial ? shared.state : nil
            do throws(APIFailure) {
                let value = try body(&shared.state)
                if let before { shared.state = before } else { Self.tell(&shared) }
                return .success(value)
            } catch {
                if let before { shared.state = before }
                return .failure(error)
            }
        }
        return try result.get()
    }

    func read<Value: Sendable>(_ body: (StoreState) -> Value) -> Value {
        shared.withLock { body($0.state) }
    }

    private static func tell(_ shared: inout Shared) {
        let news = shared.state.changes[max(0, shared.told - shared.state.forgotten)...]
        guard !news.isEmpty else { return }
        shared.told = shared.state.forgotten + shared.state.changes.count
        for change in news {
            for subscriber in shared.subscribers.values {
                if let line = change.line(for: subscriber.filter, isMetadataOnly: subscriber.isMetadataOnly) {
                    subscriber.lines.yield(line)
                }
            }
        }
    }
}

extension ObjectStore {
    /// The lines of a watch.
    /// - Parameter version: After which change to begin; nil: with all there is.
    func watch(
        _ filter: Filter, from version: Int?, isMetadataOnly: Bool, wantsBookmarks: Bool
    ) -> AsyncStream<[UInt8]> {
        let (stream, lines) = AsyncStream<[UInt8]>.makeStream()
        let id = shared.withLock { shared -> Int? in
            if let version, version < shared.state.compacted {
                lines.yield(Change.line("ERROR", APIFailure.tooOld.json))
                lines.finish()
                return nil
            }
            if let version {
                for change in shared.state.changes where change.version > version {
                    if let line = change.line(for: filter, isMetadataOnly: isMetadataOnly) { lines.yield(line) }
                }
            } else {
                for object in shared.state.objects(filter) {
                    if let line = Change.line("ADDED", object, filter.type, isMetadataOnly) { lines.yield(line) }
                }
            }
            shared.lastSubscriber += 1
            shared.subscribers[shared.lastSubscriber] = Subscriber(
                filter: filter, isMetadataOnly: isMetadataOnly, wantsBookmarks: wantsBookmarks, lines: lines)
            return shared.lastSubscriber
        }
        if let id {
            // Not at once: it is called under the lock of the task that is cancelled, and `tell` takes both locks the
            // other way round.
            lines.onTermination = { [weak self] _ in
                Task { self?.shared.withLock { _ = $0.subscribers.removeValue(forKey: id) } }
            }
        }
        return stream
    }

    var watchers: Int { shared.withLock { $0.subscribers.count } }

    /// Lets the controllers look again.
    func touch() { shared.withLock { $0.state.touch() } }

    func sendBookmarks() {
        shared.withLock { shared in
            let version = JSONValue.string(String(shared.state.version))
            for subscriber in shared.subscribers.values where subscriber.wantsBookmarks {
                let type = subscriber.filter.type
                subscriber.lines.yield(
                    Change.line(
                        "BOOKMARK",
                        [
                            "apiVersion": .string(type.apiVersion), "kind": .string(type.kind),
                            "metadata": ["resourceVersion": version],
                        ]))
            }
        }
    }

    /// Forgets what happened so far: watches from before, and the running ones where wished, get a 410.
    func expireHistory(endingWatches: Bool) {
        let ended = shared.withLock { shared -> [Subscriber] in
            shared.state.compact()
            return endingWatches ? shared.endAll() : []
        }
        for subscriber in ended {
            subscriber.lines.yield(Change.line("ERROR", APIFailure.tooOld.json))
            subscriber.lines.finish()
        }
    }

    /// Ends all watches without a word, as a server does that goes down or whose time is up.
    func endWatches() {
        for subscriber in shared.withLock({ $0.endAll() }) { subscriber.lines.finish() }
    }
}
