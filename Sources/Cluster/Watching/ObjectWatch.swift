package import Kubernetes
internal import Logging

/// What a watch tells.
package enum ObjectEvent: Hashable, Sendable {
    /// All there is: at the beginning, and whenever the server no longer knows what happened since.
    case restarted([KubernetesObject])
    case added(KubernetesObject)
    case modified(KubernetesObject)
    /// In its last state.
    case deleted(KubernetesObject)
}

/// The objects of a selection and what becomes of them, for as long as somebody listens.
///
/// Broken connections and servers that restart are bridged; it ends with an error that waiting doesn't heal, when the
/// server can't be reached for `ClientSettings.watchPatience`, or when the task is cancelled.
package struct ObjectWatch: AsyncSequence, Sendable {
    package typealias Element = ObjectEvent
    package typealias Failure = ClusterError

    let client: ClusterClient
    let selection: ObjectSelection
    /// Where to begin; nil: with a list.
    let resourceVersion: String?

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        private let client: ClusterClient
        private let selection: ObjectSelection
        private var version: String?
        private var stream: ResponseStream.AsyncIterator?
        private var lines = LineSplitter()
        private var pending: ArraySlice<ObjectEvent> = []
        private var lastContact: ContinuousClock.Instant?
        private var opened = ContinuousClock.now
        private var failures = 0

        init(_ watch: ObjectWatch) {
            client = watch.client
            selection = watch.selection
            version = watch.resourceVersion
        }

        package mutating func next() async throws(ClusterError) -> ObjectEvent? {
            try await next(isolation: nil)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ClusterError) -> ObjectEvent? {
            while true {
                if let event = pending.popFirst() { return event }
                do throws(ClusterError) {
                    try await advance()
                } catch {
                    try await recover(from: error)
                }
            }
        }

        private mutating func advance() async throws(ClusterError) {
            guard let version else {
                let list = try await client.list(selection)
                noteContact()
                self.version = list.resourceVersion
                pending = [.restarted(list.items)]
                return
            }
            if stream == nil { stream = try await open(version) }
            guard let chunk = try await stream?.next() else {
                // The server ends every watch after a while. One that ends at once must not become a busy loop.
                stream = nil
                failures = opened.duration(to: .now) > .seconds(10) ? 0 : failures + 1
                if failures > 1 { try await client.sleep(backoff, selection.subject) }
                return
            }
            noteContact()
            for line in lines.take(chunk) { try take(line) }
        }

        private mutating func open(_ version: String) async throws(ClusterError) -> ResponseStream.AsyncIterator {
            let seconds = Int.random(in: 240...300)
            lines = LineSplitter()
            let stream = try await client.stream(
                .watch(
                    selection.type, namespace: selection.namespace, resourceVersion: version,
                    labelSelector: selection.labels, fieldSelector: selection.fields, timeoutSeconds: seconds,
                    metadataOnly: selection.isMetadataOnly),
                // A connection that died in silence ends here at the latest.
                lifetime: .seconds(seconds + 30))
            opened = .now
            lastContact = .now
            return stream.makeAsyncIterator()
        }

        private mutating func take(_ line: [UInt8]) throws(ClusterError) {
            let event: WatchEvent
            do {
                event = try WatchEvent(try JSONValue(parsing: line))
            } catch {
                throw ClusterError(.malformed, selection.subject, "a line of the watch can't be read: \(error)")
            }
            switch event {
            case .added(let object): pending.append(.added(object))
            case .modified(let object): pending.append(.modified(object))
            case .deleted(let object): pending.append(.deleted(object))
            case .bookmark: break
            case .error(let status):
                let kind: ClusterError.Kind =
                    status.code == 410 || status.reason == "Expired" ? .gone : .serverFailure
                throw ClusterError(
                    kind, selection.subject, status.message, status: status.code, reason: status.reason)
            }
            version = event.resourceVersion ?? version
        }

        private mutating func recover(from error: ClusterError) async throws(ClusterError) {
            stream = nil
            switch error.kind {
            case .gone: version = nil
            case .unreachable, .timeout, .serverFailure, .tooManyRequests, .tls: break
            default: throw error
            }
            failures += 1
            guard let lastContact, lastContact.duration(to: .now) < client.settings.watchPatience else { throw error }
            client.logger?.debug("watch interrupted", metadata: ["watch": "\(selection.subject)", "error": "\(error)"])
            if failures > 1 { try await client.sleep(backoff, selection.subject) }
        }

        private mutating func noteContact() {
            lastContact = .now
            failures = 0
        }

        private var backoff: Duration {
            let doubled = Duration.milliseconds(200) * (1 << Swift.min(failures, 6))
            return Swift.min(doubled, .seconds(10)) * Double.random(in: 0.75...1.25)
        }
    }
}

extension ObjectSelection {
    var subject: String { "watch \(type.path(namespace: namespace))" }
}

extension ClusterClient {
    /// - Parameter resourceVersion: Where to go on; nil: begin with a list, told as `restarted`.
    package func watch(_ selection: ObjectSelection, from resourceVersion: String? = nil) -> ObjectWatch {
        ObjectWatch(client: self, selection: selection, resourceVersion: resourceVersion)
    }
}
