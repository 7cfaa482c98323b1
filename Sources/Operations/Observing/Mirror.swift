package import Cluster
internal import Kubernetes
package import Rollout
internal import Synchronization

/// A copy of the namespaces' workloads and pods that follows the cluster: one watch per kind and namespace, no polling.
package final class Mirror: Sendable {
    private struct State {
        var view = ClusterView()
        var listed: Set<String> = []
        var failure: ClusterError?
        var waiters: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextWaiter = 0
    }

    private static let kinds: [ResourceType] = [.deployment, .statefulSet, .replicaSet, .job, .pod]

    private let client: ClusterClient
    private let namespaces: [String]
    private let state = Mutex(State())

    package init(client: ClusterClient, namespaces: [String]) {
        self.client = client
        self.namespaces = namespaces
    }

    /// Follows the cluster until the task is cancelled. A watch that fails for good makes every `wait` throw.
    package func follow() async {
        await withTaskGroup(of: Void.self) { group in
            for namespace in namespaces {
                for type in Mirror.kinds {
                    group.addTask {
                        await self.follow(
                            type, ObjectSelection(type, namespace: namespace, labels: RecordNames.everything))
                    }
                }
                // Kubernetes tells some causes (a volume that can't be mounted) in events alone.
                group.addTask {
                    await self.follow(.event, ObjectSelection(.event, namespace: namespace, fields: "type=Warning"))
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    self.notify()
                }
            }
        }
    }

    private func follow(_ type: ResourceType, _ selection: ObjectSelection) async {
        do {
            for try await observation in client.observe(selection) {
                state.withLock { state in
                    state.view.replace(
                        kind: type.kind, group: type.group, namespace: selection.namespace,
                        with: Array(observation.objects.values))
                    state.listed.insert("\(type.kind) \(selection.namespace ?? "")")
                }
                notify()
            }
        } catch {
            guard !Task.isCancelled else { return }
            state.withLock { $0.failure = error }
            notify()
        }
    }

    private func notify() {
        for waiter in state.withLock({ $0.waiters.values.map { $0 } }) { waiter.yield() }
    }

    /// Calls `look` after every change, and each second, until it gives a result.
    package func wait<Result: Sendable>(
        for look: @Sendable (ClusterView) throws -> Result?
    ) async throws -> Result {
        let (changes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            state.waiters[state.nextWaiter] = continuation
            return state.nextWaiter
        }
        defer { state.withLock { _ = $0.waiters.removeValue(forKey: waiter) } }
        continuation.yield()
        for await _ in changes {
            let (view, failure) = state.withLock { state in
                (state.listed.count == (Mirror.kinds.count + 1) * namespaces.count ? state.view : nil, state.failure)
            }
            if let failure { throw failure }
            if let view, let result = try look(view) { return result }
        }
        throw CancellationError()
    }
}
