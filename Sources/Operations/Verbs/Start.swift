internal import Cluster
package import HySDS

/// Brings components up: the stores and set-up they need first, then their workloads in the order of the graph.
///
/// What was never updated is created from configuration and checkout, so that `start` works on an empty namespace.
package struct Start: Sendable {
    package let components: [Component]

    package init(_ components: [Component]) {
        self.components = components
    }

    package func callAsFunction(_ session: Session) async throws -> Outcome {
        try await session.carryOut { session in try await plan(session) }
    }

    package func plan(_ session: Session) async throws -> Plan {
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        return try await plan(session, seeing: state)
    }

    func plan(_ session: Session, seeing state: ClusterState) async throws -> Plan {
        let topology = session.site.topology
        let chosen = session.workloads(of: components) { $0.isRunning }
        let needed = topology.required(by: chosen).filter { workload in
            chosen.contains { $0.name == workload.name } || !workload.isRunning
        }
        let missing = needed.filter { workload in
            state.object(of: workload) == nil || (workload.isOneShot && !state.isDone(workload))
        }
        let preparation =
            missing.isEmpty
            ? nil : try await Preparation.prepare(missing, for: session, seeing: state.records)
        let inventory =
            preparation == nil
            ? nil
            : try await Inventory.take(session, companions: preparation?.prepared.values.flatMap(\.companions) ?? [])

        var builder = PlanBuilder(session: session, state: state, preparation: preparation, inventory: inventory)
        let certified = builder.keepCertificates(missing.isEmpty ? nil : try await CertificateUpkeep.plan(session))
        let ground = missing.isEmpty ? [] : builder.addGround().union(certified)
        for workload in topology.startWaves(needed).flatMap({ $0 }) {
            builder.raise(workload, after: builder.ends(of: workload.startAfter), ground: ground)
        }
        return builder.plan
    }
}

extension PlanBuilder {
    /// Creates a workload that doesn't exist, and brings it to the count that it should have.
    mutating func raise(_ workload: Workload, to count: Int? = nil, after: Set<String>, ground: Set<String>) {
        guard !workload.isOneShot else {
            runOnce(workload, after: after, ground: ground)
            return
        }
        var before = after
        if state.object(of: workload) == nil, let prepared = preparation?.prepared[workload.name] {
            before.formUnion(converge(prepared, ground: ground))
        }
        bringUp(workload, to: count, after: before)
    }
}
