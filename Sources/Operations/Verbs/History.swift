internal import Cluster
internal import HySDS
internal import Kubernetes

/// Who changed what workloads run, when and from which commits: from the records that the cluster keeps.
package struct History: Sendable {
    private let workloads: [Workload]
    private let word: String

    /// - Parameter word: a component, the name of a workload, or `all`.
    package init(_ word: String, site: Site) throws(OperationError) {
        self.word = word
        workloads =
            word == Selection.everything
            ? site.topology.workloads.filter { !$0.isOneShot } : try site.workloads(named: word)
    }

    package func callAsFunction(_ session: Session) async throws -> HistoryReport {
        async let loaded = Revisions.load(session)
        let state = try await ClusterState.observe(session)
        let revisions = try await loaded
        let entries = workloads.flatMap { workload in
            HistoryReport.entries(
                of: workload, wanted: state.records.wanted[workload.name], revisions,
                running: state.pods(of: workload).filter { !$0.isBeingDeleted && $0.isReady }
                    .compactMap { $0.annotations[RecordNames.sequence].flatMap { Int($0) } })
        }
        let verbs = Journal.entries(of: state.records[RecordNames.journal]).filter { concerns($0) }
        return HistoryReport(namespace: session.namespace, entries: entries, verbs: verbs.reversed())
    }

    /// Whether a verb acted on what is asked for: on it, on its component, on everything.
    private func concerns(_ entry: Journal.Entry) -> Bool {
        guard word != Selection.everything, let target = entry.command.split(separator: " ").dropFirst().first else {
            return true
        }
        return target == Selection.everything || target == word || target.hasPrefix("-")
            || workloads.contains { $0.name == target || $0.component.rawValue == target }
    }
}

/// The answer of `history`: the newest revision of each workload first.
package struct HistoryReport: Sendable, Encodable, Equatable {
    package struct Entry: Sendable, Encodable, Equatable {
        package var workload: String
        package var component: String
        package var sequence: Int
        /// ISO 8601, UTC.
        package var time: String
        package var user: String
        package var host: String
        package var command: String
        package var release: String?
        package var commits: [String: String]
        /// The revision that a rollback repeated.
        package var copyOf: Int?
        /// The cluster should run it now.
        package var isWanted: Bool
        /// Ready pods that run it.
        package var pods: Int
        /// It never became ready, and what ran before came back.
        package var hasFailed: Bool
        /// Whether `rollback --to` can reach it.
        package var isKept: Bool
    }

    package var apiVersion = "sds/v1"
    package var kind = "History"
    package var namespace: String
    package var entries: [Entry]
    /// The verbs that changed something, newest first.
    package var verbs: [Journal.Entry]

    package init(namespace: String, entries: [Entry], verbs: [Journal.Entry] = []) {
        self.namespace = namespace
        self.entries = entries
        self.verbs = verbs
    }

    /// The wanted release is shown too when no revision of it is kept: stores have none.
    static func entries(
        of workload: Workload, wanted: WantedRelease?, _ revisions: Revisions, running: [Int]
    ) -> [Entry] {
        let kept = revisions[workload.name]
        var all = kept.map { ($0.wanted, isKept: true, hasFailed: revisions.hasFailed($0)) }
        if let wanted, !all.contains(where: { $0.0.sequence == wanted.sequence }) {
            all.append((wanted, isKept: false, hasFailed: false))
        }
        return all.sorted { $0.0.sequence > $1.0.sequence }.map { release, isKept, hasFailed in
            Entry(
                workload: workload.name, component: workload.component.rawValue, sequence: release.sequence,
                time: release.time, user: release.identity.user, host: release.identity.host,
                command: release.identity.command, release: release.release, commits: release.commits,
                copyOf: release.copyOf, isWanted: release.sequence == wanted?.sequence,
                pods: running.count { $0 == release.sequence }, hasFailed: hasFailed, isKept: isKept)
        }
    }
}
