package import Cluster
internal import Synchronization

/// A Kubernetes API server in this process, on a port of its own: for tests of whatever talks to one.
package final class FakeCluster: Sendable {
    package let settings: FakeClusterSettings
    package let ledger = Ledger()
    package let port: Int
    let api: FakeAPI
    private let faults = FaultBook()
    private let listener: Mutex<Listener?>
    /// Tests run at the same time; so many fakes that each still answers at once.
    private static let places = Turnstile(8)

    /// Runs a fake for as long as `body` takes.
    package static func run<Value: Sendable>(
        _ settings: FakeClusterSettings = FakeClusterSettings(), _ body: (FakeCluster) async throws -> Value
    ) async throws -> Value {
        await places.enter()
        defer { places.leave() }
        let cluster = try await FakeCluster(settings)
        let controllers = Task { await cluster.control() }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(cluster))
        } catch {
            result = .failure(error)
        }
        controllers.cancel()
        try await cluster.stopListening()
        cluster.api.store.endWatches()
        return try result.get()
    }

    private init(_ settings: FakeClusterSettings) async throws {
        self.settings = settings
        api = FakeAPI(settings)
        let serving = Serving(api: api, faults: faults, ledger: ledger)
        let first = try await Listener(settings, port: 0, ledger: ledger) { await serving($0, $1) }
        port = first.port
        listener = Mutex(first)
    }

    private func control() async {
        guard settings.runsControllers else { return }
        await Controllers(api: api, delay: settings.podDelay).run()
    }

    /// What a kubeconfig for it would come to.
    package var access: ClusterAccess { access(token: "tester") }

    package func access(token: String, host: String = "127.0.0.1") -> ClusterAccess {
        ClusterAccess(
            server: "https://\(host):\(port)", trust: .authorities(pem: settings.certificate.certificate), proxy: .none,
            namespace: "test", context: "fake"
        ) { _ in Credential(authorization: .bearer(token)) }
    }

    // MARK: - Trouble

    package func inject(_ fault: Fault) { faults.add(fault) }
    /// How many requests met a fault.
    package var struck: Int { faults.struck }
    package func clearFaults() { faults.clear() }
    /// Only these tokens are let in from now on.
    package func accept(tokens: Set<String>?) { api.tokens.withLock { $0 = tokens } }
    package func expireContinueTokens() { api.pages.expire() }
    /// Watches from before now get a 410, running ones as an event when they are ended by it.
    package func expireHistory(endingWatches: Bool) { api.store.expireHistory(endingWatches: endingWatches) }
    package func endWatches() { api.store.endWatches() }
    package func sendBookmarks() { api.store.sendBookmarks() }
    package var watchers: Int { api.store.watchers }

    /// Nobody is let in any more: connections are refused. Those that exist go on.
    package func stopListening() async throws {
        guard
            let listener = listener.withLock({ listener in
                defer { listener = nil }
                return listener
            })
        else { return }
        try await listener.close()
    }

    package func resumeListening() async throws {
        let serving = Serving(api: api, faults: faults, ledger: ledger)
        let next = try await Listener(settings, port: port, ledger: ledger) { await serving($0, $1) }
        listener.withLock { $0 = next }
    }

    // MARK: - Pods

    /// What a command does in a pod; nil: in all of them. It is found by how the command begins; the last one given wins.
    package func script(_ command: [String], pod: String? = nil, _ script: ExecScript) {
        api.scripts.add(command, pod: pod, script)
    }

    package func log(_ lines: [String], namespace: String = "test", pod: String, previous: Bool = false) {
        api.logs.append(lines, to: LogBook.Key(namespace: namespace, pod: pod, isPrevious: previous))
    }

    package func endLog(namespace: String = "test", pod: String) {
        api.logs.end(LogBook.Key(namespace: namespace, pod: pod, isPrevious: false))
    }

    /// What becomes of the pods of a workload, those that exist included.
    package func setFate(_ fate: PodFate, of workload: String) {
        api.fates.withLock { $0[workload] = fate }
        api.store.touch()
    }
}
