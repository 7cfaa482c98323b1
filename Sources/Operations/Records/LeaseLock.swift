internal import Cluster
internal import FoundationEssentials
internal import Kubernetes
internal import Synchronization

/// The namespace's lock: a Lease with a holder, a command and a time to live, so that a crash frees it by itself.
///
/// Another holder's expiry is judged by watching the Lease not change for its whole duration on our own clock,
/// never by comparing clocks.
struct LeaseLock: Sendable {
    static let duration: Duration = .seconds(30)
    static let renewal: Duration = .seconds(8)

    let client: ClusterClient
    let namespace: String
    let identity: Identity
    private let holder: String

    init(_ session: Session) {
        client = session.client
        namespace = session.namespace
        identity = session.identity
        holder =
            "\(session.identity.user)@\(session.identity.host) \(UUID().uuidString.prefix(8)): sds \(session.identity.command)"
    }

    /// Runs `body` while holding the lock. When the lock is lost meanwhile, `body` is cancelled.
    ///
    /// - Throws: `OperationError` (held) with holder, command and age when it isn't free within `wait`.
    func whileHeld<Result: Sendable>(
        wait: Duration, emit: EventSink, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        var lease = try await acquire(wait: wait, emit: emit)
        let outcome: Swift.Result<Result, any Error> = await withTaskGroup(of: Swift.Result<Result?, any Error>.self) {
            group in
            group.addTask {
                do { return .success(try await body()) } catch { return .failure(error) }
            }
            let first = lease
            group.addTask {
                do {
                    try await self.renew(first)
                    return .success(nil)
                } catch is CancellationError {
                    return .success(nil)
                } catch {
                    return .failure(error)
                }
            }
            var result: Swift.Result<Result, any Error>?
            while let next = await group.next() {
                switch next {
                case .success(.some(let value)): result = .success(value)
                case .success(.none): continue
                case .failure(let error): if result == nil { result = .failure(error) }
                }
                group.cancelAll()
            }
            return result ?? .failure(CancellationError())
        }
        // Even when this task was cancelled the lock is given back, in a task that isn't.
        await Task { try? await release(&lease) }.value
        return try outcome.get()
    }

    private func acquire(wait: Duration, emit: EventSink) async throws -> KubernetesObject {
        let clock = ContinuousClock()
        let deadline = clock.now + wait
        var seen: (version: String, since: ContinuousClock.Instant)?
        var isAnnounced = false
        while true {
            do {
                let lease = try await current()
                guard let lease else { return try await create() }
                let held = lease[path: ["spec", "holderIdentity"]]?.string ?? ""
                if held.isEmpty { return try await take(lease) }
                if seen?.version != lease.resourceVersion { seen = (lease.resourceVersion, clock.now) }
                let life = Duration.seconds(lease[path: ["spec", "leaseDurationSeconds"]]?.integer ?? 30)
                if let seen, clock.now - seen.since > life { return try await take(lease) }
                guard clock.now < deadline else { throw LeaseLock.held(by: lease, held, after: wait) }
                if !isAnnounced { emit(.note("waiting for the lock held by \(held)")) }
                isAnnounced = true
            } catch let error as ClusterError where error.kind == .conflict || error.kind == .alreadyExists {
                guard clock.now < deadline else { throw error }
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private static func held(by lease: KubernetesObject, _ holder: String, after wait: Duration) -> OperationError {
        OperationError(
            .held,
            "the lock of this namespace is held by \(holder), since \(lease[path: ["spec", "acquireTime"]]?.string ?? "an unknown time")",
            hint: "wait for it, or raise --lock-wait (now \(wait.components.seconds) s); "
                + "a lock whose holder died frees itself within \(duration.components.seconds) s")
    }

    private func current() async throws(ClusterError) -> KubernetesObject? {
        try await client.find(.lease, namespace: namespace, name: RecordNames.lock)
    }

    private func create() async throws -> KubernetesObject {
        var lease = KubernetesObject([
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": [
                "name": .string(RecordNames.lock), "namespace": .string(namespace),
                "labels": .object([RecordNames.managedBy: "sds", RecordNames.partOf: "hysds"]),
            ],
            "spec": ["leaseTransitions": 0],
        ])
        hold(&lease, acquiring: true)
        return try await client.send(.create(lease, .lease, namespace: namespace)).object
    }

    private func take(_ lease: KubernetesObject) async throws -> KubernetesObject {
        var lease = lease
        lease[path: ["spec", "leaseTransitions"]] = .integer(
            Int64(lease[path: ["spec", "leaseTransitions"]]?.integer ?? 0) + 1)
        hold(&lease, acquiring: true)
        return try await client.send(.replace(lease, .lease, namespace: namespace)).object
    }

    /// Renews until cancelled; throws when somebody else holds the lock or it could not be renewed within its life.
    private func renew(_ acquired: KubernetesObject) async throws {
        let clock = ContinuousClock()
        var renewed = clock.now
        while true {
            try await Task.sleep(for: LeaseLock.renewal)
            do {
                guard var lease = try await current(), lease[path: ["spec", "holderIdentity"]]?.string == holder else {
                    throw OperationError(
                        .held, "the lock was lost to another operator while working",
                        hint: "look at 'sds status', then run the command again")
                }
                hold(&lease, acquiring: false)
                _ = try await client.send(.replace(lease, .lease, namespace: namespace))
                renewed = clock.now
            } catch let error as ClusterError where error.kind != .cancelled {
                guard clock.now - renewed < LeaseLock.duration else {
                    throw OperationError(error, while: "renewing the lock")
                }
            }
        }
    }

    private func release(_ acquired: inout KubernetesObject) async throws {
        guard var lease = try await current(), lease[path: ["spec", "holderIdentity"]]?.string == holder else { return }
        lease[path: ["spec", "holderIdentity"]] = ""
        lease[path: ["spec", "leaseDurationSeconds"]] = 1
        _ = try await client.send(.replace(lease, .lease, namespace: namespace))
    }

    private func hold(_ lease: inout KubernetesObject, acquiring: Bool) {
        let now = JSONValue.string(Timestamp.micro(Date()))
        lease[path: ["spec", "holderIdentity"]] = .string(holder)
        lease[path: ["spec", "leaseDurationSeconds"]] = .integer(LeaseLock.duration.components.seconds)
        lease[path: ["spec", "renewTime"]] = now
        if acquiring { lease[path: ["spec", "acquireTime"]] = now }
    }
}
