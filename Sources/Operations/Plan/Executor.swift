internal import Cluster
internal import Kubernetes
internal import Synchronization

/// Carries a plan out: every step as soon as those before it have succeeded, many at the same time.
///
/// After a failure nothing new is started, what runs comes to its end, and the error says which step failed and why.
struct Executor: Sendable {
    let session: Session
    private(set) var mirror: Mirror
    /// What the API server answered to each write: an older state that a watch still delivers doesn't count.
    let written = Written()

    init(_ session: Session) {
        self.session = session
        mirror = Mirror(client: session.client, namespaces: session.namespaces)
    }

    /// - Parameter limit: ends the steps with `timedOut`; nil leaves that to the caller's own deadline.
    func execute(_ plan: Plan, within limit: Duration? = nil) async throws {
        guard !plan.isEmpty else { return }
        var executor = self
        let others = plan.namespaces.subtracting(session.namespaces)
        if !others.isEmpty {
            executor.mirror = Mirror(client: session.client, namespaces: session.namespaces + others.sorted())
        }
        try await executor.carryOut(plan, within: limit)
    }

    private func carryOut(_ plan: Plan, within limit: Duration?) async throws {
        let needsMirror = plan.steps.contains { !$0.action.isChange }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            if needsMirror {
                group.addTask {
                    await mirror.follow()
                    return false
                }
            }
            if let limit {
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw OperationError(
                        .timedOut, "not everything was done within \(limit.components.seconds) s",
                        hint: "raise --timeout if it needs longer")
                }
            }
            group.addTask {
                try await run(plan.steps)
                return true
            }
            defer { group.cancelAll() }
            // The mirror goes on until the steps are done. When the verb is cancelled it ends first: that is no success.
            while let areStepsDone = try await group.next() {
                if areStepsDone { return }
            }
        }
    }

    private func run(_ steps: [Step]) async throws {
        let known = Set(steps.map(\.id))
        var pending = Dictionary(grouping: steps, by: \.id).compactMapValues(\.first)
        var done: Set<String> = []
        var failures: [(Step, any Error)] = []
        try await withThrowingTaskGroup(of: (Step, Duration, (any Error)?).self) { group in
            func launch() {
                guard failures.isEmpty, !Task.isCancelled else { return }
                let ready = pending.values.filter { $0.after.intersection(known).isSubset(of: done) }
                for step in ready.sorted(by: { $0.id < $1.id }) {
                    pending[step.id] = nil
                    group.addTask {
                        let clock = ContinuousClock()
                        let start = clock.now
                        session.emit(.started(step: step.action.title))
                        do {
                            try await perform(step.action)
                            return (step, clock.now - start, nil)
                        } catch {
                            return (step, clock.now - start, error)
                        }
                    }
                }
            }
            launch()
            while let (step, time, error) = try await group.next() {
                if let error {
                    failures.append((step, error))
                    if !(error is CancellationError) {
                        session.emit(.failed(step: step.action.title, OperationError(error).message))
                    }
                    // Waiting for the others would only delay the news.
                    group.cancelAll()
                } else {
                    done.insert(step.id)
                    session.emit(.finished(step: step.action.title, time))
                }
                launch()
            }
        }
        if let (step, error) = failures.first(where: {
            !($0.1 is CancellationError) && !OperationError.isCancellation($0.1)
        }) ?? failures.first {
            throw OperationError(error, while: step.action.title)
        }
        try Task.checkCancellation()
        guard pending.isEmpty else {
            throw OperationError(
                .failed, "steps that wait for each other: \(pending.keys.sorted().joined(separator: "; "))")
        }
    }
}

/// The last answers to writes, by object.
final class Written: Sendable {
    private let objects = Mutex<[ObjectKey: KubernetesObject]>([:])

    subscript(key: ObjectKey) -> KubernetesObject? {
        get { objects.withLock { $0[key] } }
        set { objects.withLock { $0[key] = newValue } }
    }
}

extension OperationError {
    static func isCancellation(_ error: any Error) -> Bool {
        (error as? ClusterError)?.kind == .cancelled || (error as? OperationError)?.kind == .cancelled
    }
}
