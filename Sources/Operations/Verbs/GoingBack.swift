internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// The way back after an update that didn't become ready: every workload that it changed gets its previous revision.
struct GoingBack: Sendable {
    private let components: [Component]

    init(_ components: [Component]) {
        self.components = components
    }

    func plan(_ session: Session) async throws -> Plan {
        let state = try await ClusterState.observe(session.client, namespace: session.namespace)
        let time = Timestamp.second(Date())
        var builder = PlanBuilder(session: session, state: state)
        var revisions: [(Workload, Revision)] = []
        for workload in session.workloads(of: components, where: { $0.isRunning }) {
            guard let wanted = state.records.wanted[workload.name], wanted.sequence > 1,
                wanted.identity == session.identity, state.replicas(of: workload) > 0,
                let previous = try await revision(of: workload, before: wanted.sequence, session)
            else { continue }
            revisions.append((workload, previous.renumbered(wanted.sequence + 1, by: session.identity, at: time)))
        }
        guard !revisions.isEmpty else { return builder.plan }
        let record = builder.add(
            .record(Dictionary(uniqueKeysWithValues: revisions.map { ($0.0.name, $0.1.wanted) })))
        for (workload, revision) in revisions {
            let kept = builder.add(.create(revision.record(namespace: session.namespace)), after: [record])
            var last = builder.add(.apply(revision.object), after: [kept])
            if revision.object.kind == "ReplicaSet" {
                last = builder.add(
                    .replacePods(
                        workload: workload.name, object: revision.object.key, spec: String(revision.wanted.sequence)),
                    after: [last])
            }
            let only = revision.object.kind == "ReplicaSet" ? String(revision.wanted.sequence) : nil
            builder.add(
                .waitReady(workload: workload.name, object: revision.object.key, sequence: only), after: [last])
        }
        return builder.plan
    }

    /// The newest kept revision below a sequence number; nil when there is none.
    private func revision(of workload: Workload, before sequence: Int, _ session: Session) async throws -> Revision? {
        let list = try await session.client.list(
            ObjectSelection(
                .configMap, namespace: session.namespace,
                labels: "\(RecordNames.kindLabel)=revision,\(RecordNames.name)=\(workload.name)"))
        return try list.items
            .map { try Revision(workload: workload.name, record: $0) }
            .filter { $0.wanted.sequence < sequence }
            .max { $0.wanted.sequence < $1.wanted.sequence }
    }
}
