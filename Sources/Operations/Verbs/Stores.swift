package import HySDS

/// `start_tps` and `stop_tps`: the stores of components, up or down; their data stays.
package struct Stores: Sendable {
    package enum Direction: Sendable { case up, down }

    package let components: [Component]
    package let direction: Direction
    /// Takes a store down although something that needs it runs.
    package let isForced: Bool

    package init(_ components: [Component], _ direction: Direction, isForced: Bool) {
        self.components = components
        self.direction = direction
        self.isForced = isForced
    }

    package func callAsFunction(_ session: Session) async throws -> Outcome {
        try await session.carryOut { session in try await plan(session) }
    }

    package func plan(_ session: Session) async throws -> Plan {
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        let stores = session.workloads(of: components) { $0.isStore }
        return direction == .up
            ? try await raise(stores, session, state) : try lower(stores, session, state)
    }

    private func raise(_ stores: [Workload], _ session: Session, _ state: ClusterState) async throws -> Plan {
        let missing = stores.filter { state.object(of: $0) == nil }
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
        for store in stores { builder.raise(store, after: [], ground: ground) }
        return builder.plan
    }

    private func lower(_ stores: [Workload], _ session: Session, _ state: ClusterState) throws -> Plan {
        let users = stores.flatMap { store in
            session.site.topology.needing(store.name)
                .filter { $0.isRunning && state.replicas(of: $0) > 0 }
                .map { "\($0.name) needs \(store.name)" }
        }
        guard users.isEmpty || isForced else {
            throw OperationError(
                .failed, "the stores are in use", causes: Array(Set(users)).sorted(),
                hint: "stop what needs them first ('sds stop all'), or say --force")
        }
        var builder = PlanBuilder(session: session, state: state)
        builder.lower(stores, limit: .perQueue)
        return builder.plan
    }
}
