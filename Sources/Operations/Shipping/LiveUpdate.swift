internal import Cluster
package import HySDS
internal import Kubernetes

/// `update --live`: components' releases into pods that run, recorded for later ones.
///
/// Only workers can take one so: a Deployment's controller replaces all its pods when its template changes, and without
/// that change a later pod would come up with the old release.
package struct LiveUpdate: Sendable {
    private let components: [Component]

    package init(_ components: [Component]) {
        self.components = components
    }

    /// - Throws: `OperationError` (usage) that names the workloads that would have to be rolled; nothing is done then.
    package func callAsFunction(
        _ session: Session, each: @escaping @Sendable (ShipReport.Pod) -> Void
    ) async throws -> ShipReport {
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        let others = session.workloads(of: components) { workload in
            workload.isRunning && workload.role != .worker && state.replicas(of: workload) > 0
        }
        let preparation = try await Preparation.prepare(others, for: session, seeing: state.records)
        let changed = others.filter { preparation.prepared[$0.name]?.isChanged == true }
        guard changed.isEmpty else {
            let names = changed.map { "'sds update \($0.component)'" }
            throw OperationError(
                .usage, "\(changed.map(\.name).joined(separator: ", ")) can't take a change into pods that run",
                causes: changed.map { "\($0.name) is a \($0.kind): its controller replaces the pods when it changes" },
                hint: "\(Set(names).sorted().joined(separator: " and ")) rolls them, services without an interruption; "
                    + "nothing was changed")
        }
        return try await Ship(components)(session, each: each)
    }
}
