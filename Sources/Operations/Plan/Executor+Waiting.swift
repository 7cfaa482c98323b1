internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes
internal import Rollout
internal import Synchronization

extension Executor {
    /// Waits until a workload serves (or a Job is complete). A cause is reported as soon as the cluster knows it;
    /// it ends the wait only when its grace time is over.
    func waitReady(_ workload: String, _ key: ObjectKey, sequence: String? = nil) async throws {
        let revision = sequence.map { PodRevision(name: RecordNames.sequence, value: $0, isRequired: true) }
        try await wait(
            workload,
            for: written[key].map { RolloutTarget($0, .ready, revision: revision) }
                ?? RolloutTarget(key, .ready, revision: revision),
            failure: "\(workload) did not come up")
    }

    func waitGone(_ workload: String, _ key: ObjectKey) async throws {
        try await wait(
            workload, for: written[key].map { RolloutTarget($0, .stopped) } ?? RolloutTarget(key, .stopped),
            failure: "\(workload) did not stop")
    }

    private func wait(_ workload: String, for target: RolloutTarget, failure: String) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let memory = Mutex((progress: "", said: Duration.zero, tracker: RolloutTracker([target])))
        let emit = session.emit
        let failed: Cause? = try await mirror.wait { view in
            let now = clock.now - start
            let (report, progress) = memory.withLock { memory in
                let report = memory.tracker.observe(view, now: now)
                // The first seconds are full of states that nobody can read in time.
                guard case .waiting(let text) = report.progress[target.key], text != memory.progress,
                    now - memory.said > .seconds(3)
                else { return (report, String?.none) }
                memory.progress = text
                memory.said = now
                return (report, text)
            }
            if let progress { emit(.progress(workload: workload, state: progress)) }
            for cause in report.newCauses { emit(.cause(workload: workload, cause.description)) }
            switch report.verdict {
            case .waiting: return nil
            case .done: return .some(.none)
            case .failed(let causes): return .some(causes.first)
            }
        }
        guard let cause = failed else { return }
        guard cause.hasLog, let pod = cause.pod else {
            throw OperationError(.unhealthy, failure, causes: [cause.description], hint: cause.hint)
        }
        let log = await lastLines(of: pod, container: cause.container, in: target.key.namespace ?? session.namespace)
        throw OperationError(
            .unhealthy, failure, causes: Executor.lines(of: cause, log: log),
            hint: cause.hint ?? "'sds logs \(workload)' shows more")
    }

    /// Why first, then where, then how it came to that.
    static func lines(of cause: Cause, log: LastWords) -> [String] {
        let told = cause.terminationMessage.map { LastWords($0) }
        // Without a message of its own kubelet takes the end of the log: the log holds more.
        let said = told.flatMap { $0.lines.last.map(log.lines.contains) ?? true ? nil : $0 } ?? log
        let reason = cause.terminationMessage == nil && !cause.message.isEmpty ? cause.reasonText : said.reason
        let rest = (log.lines.isEmpty ? said : log).context(logLines).map { "log: \($0)" }
        return [reason, cause.place].compactMap(\.self).filter { !$0.isEmpty } + rest
    }

    private static let logLines = 6

    /// The end of a container's log: of the run that failed, else of the one that runs.
    private func lastLines(of pod: String, container: String?, in namespace: String) async -> LastWords {
        for previous in [true, false] {
            do {
                let text = try await session.client.logText(
                    namespace: namespace, pod: pod,
                    options: LogOptions(container: container, previous: previous, tailLines: 60))
                let lines = text.split(separator: "\n").filter { !$0.isExcuse }
                if !lines.isEmpty { return LastWords(lines.joined(separator: "\n")) }
            } catch {
                session.emit(.note("no log of \(pod)\(previous ? " before its restart" : ""): \(error.message)"))
            }
        }
        return LastWords("")
    }

    /// Tells every pod of a worker how long its job may run on. A pod that can't be told ends by its own grace period.
    func drain(_ workload: String, in namespace: String, limit: Int?) async throws {
        let pods = try await session.client.list(
            ObjectSelection(.pod, namespace: namespace, labels: "\(RecordNames.name)=\(workload)"))
        let command =
            ["sh", "-c", "sds-state && exec sds-drain \"$@\"", "sds"] + (limit.map { ["--limit", String($0)] } ?? [])
        let busy = await withTaskGroup(of: Int.self) { group in
            for pod in pods.items where pod.isRunning {
                group.addTask { await self.tell(pod, command) }
            }
            return await group.reduce(0, +)
        }
        guard busy > 0 else { return }
        switch limit {
        case 0: session.emit(.note("\(workload): \(busy) running jobs go back to their queue"))
        case .some(let limit):
            session.emit(
                .note("\(workload): \(busy) running jobs have \(limit) s to end, then they go back to their queue"))
        case nil: session.emit(.note("\(workload): \(busy) running jobs run to their end"))
        }
    }

    /// The number of jobs that the pod runs.
    private func tell(_ pod: KubernetesObject, _ command: [String]) async -> Int {
        let target = ExecTarget(
            namespace: pod.namespace ?? session.namespace, pod: pod.name, container: pod.mainContainer)
        do {
            let result = try await session.client.run(target, command, timeout: .seconds(30))
            let state = result.output.prefix { $0 != UInt8(ascii: "\n") }
            let active = state.isEmpty ? 0 : try JSONValue(parsing: state)["active"]?.integer ?? 0
            // Killed without a word: the pod has just ended, which is what was wanted.
            if !result.status.isSuccess, !result.errors.isEmpty {
                session.emit(.warning("\(pod.name) can't be told to drain: \(result.errorText)"))
            }
            return active
        } catch {
            // A pod that is just ending has no process to tell; the wait that follows sees whether it is gone.
            return 0
        }
    }
}

extension Substring {
    /// What the kubelet says, as if it were the log, when it has removed that container already.
    fileprivate var isExcuse: Bool {
        hasPrefix("unable to retrieve container logs") || hasPrefix("failed to try resolving symlinks in path")
    }
}

extension KubernetesObject {
    fileprivate var isRunning: Bool {
        (self[path: ["status", "containerStatuses"]]?.array ?? []).contains { $0[path: ["state", "running"]] != nil }
    }
}
