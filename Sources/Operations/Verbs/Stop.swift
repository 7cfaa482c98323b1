package import HySDS

/// Takes components down: consumers first, the stores stay. Done when the pods are gone.
package struct Stop: Sendable {
    package let components: [Component]
    package let limit: DrainLimit

    package init(_ components: [Component], limit: DrainLimit) {
        self.components = components
        self.limit = limit
    }

    package func callAsFunction(_ session: Session) async throws -> Outcome {
        try await session.carryOut { session in try await plan(session) }
    }

    package func plan(_ session: Session) async throws -> Plan {
        let state = try await ClusterState.observe(session.client, namespace: session.namespace)
        try session.check(state.records)
        var builder = PlanBuilder(session: session, state: state)
        builder.lower(session.workloads(of: components) { $0.isRunning }, limit: limit)
        return builder.plan
    }
}

extension PlanBuilder {
    /// Brings workloads down, each after those that were started after it.
    mutating func lower(_ workloads: [Workload], limit: DrainLimit, after: Set<String> = []) {
        for workload in session.site.topology.stopWaves(workloads).flatMap({ $0 }) {
            let dependents = workloads.filter { $0.startAfter.contains(workload.name) }
            bringDown(workload, limit: limit, after: ends(of: dependents.map(\.name)).union(after))
        }
    }
}
