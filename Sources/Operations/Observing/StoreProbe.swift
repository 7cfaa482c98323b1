internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// What a store says when asked from inside its own pod.
struct StoreProbe: Sendable {
    private static let timeout: Duration = .seconds(20)

    var isHealthy: Bool
    var detail: String
    var queues: [StatusReport.Queue] = []

    /// Asks all stores at the same time; those without a ready pod have no answer.
    static func ask(_ stores: [Workload], session: Session, state: ClusterState) async -> [String: StoreProbe] {
        await withTaskGroup(of: (String, StoreProbe)?.self) { group in
            for store in stores {
                guard let facts = store.store, let pod = state.pods(of: store).first(where: { $0.isReady }) else {
                    continue
                }
                let target = ExecTarget(
                    namespace: pod.namespace ?? session.namespace, pod: pod.name, container: pod.mainContainer)
                group.addTask {
                    var probe = await ask(facts.health, of: target, session)
                    if probe.isHealthy, !facts.queues.isEmpty {
                        await probe.addQueues(facts.queues, of: target, session)
                    }
                    return (store.name, probe)
                }
            }
            return await group.reduce(into: [:]) { probes, answer in
                if let (name, probe) = answer { probes[name] = probe }
            }
        }
    }

    private static func ask(_ command: [String], of target: ExecTarget, _ session: Session) async -> StoreProbe {
        guard !command.isEmpty else { return StoreProbe(isHealthy: true, detail: "") }
        do {
            let result = try await session.client.run(target, command, timeout: timeout)
            let text = String(decoding: result.output, as: UTF8.self).lastLine
            switch result.status {
            case .exited(0): return StoreProbe(isHealthy: true, detail: text.isEmpty ? "ACTIVE" : text)
            case .exited(let code):
                let reason = String(decoding: result.errors, as: UTF8.self).lastLine
                return StoreProbe(
                    isHealthy: false, detail: "unhealthy: \(reason.isEmpty ? "exit code \(code)" : reason)")
            case .failed(let message): return StoreProbe(isHealthy: false, detail: "can't be asked: \(message)")
            }
        } catch {
            // Kubernetes' own probe says that it serves; a busy node alone makes nothing unhealthy.
            return StoreProbe(isHealthy: true, detail: "could not be asked: \(error.message)")
        }
    }

    /// Celery's own mailboxes, one for each worker and listener: they say nothing about jobs.
    private static func isInternal(_ queue: String) -> Bool {
        queue.hasSuffix(".celery.pidbox") || queue.hasPrefix("celeryev.")
    }

    private mutating func addQueues(_ command: [String], of target: ExecTarget, _ session: Session) async {
        do {
            let result = try await session.client.run(target, command, timeout: StoreProbe.timeout)
            guard case .exited(0) = result.status else { return detail += ", queues can't be listed" }
            queues = try JSONDecoder().decode([StatusReport.Queue].self, from: Data(result.output))
                .filter { !StoreProbe.isInternal($0.name) }
        } catch {
            detail += ", queues can't be listed"
        }
    }
}

extension String {
    /// The last line that isn't blank, without control characters: what a pod says may not steer a terminal.
    fileprivate var lastLine: String {
        let line = split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) } ?? ""
        return String(
            line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.map(Character.init).prefix(200))
    }
}
