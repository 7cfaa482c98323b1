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
        if limit == .none && !session.options.isDryRun { try await letJobsEnd(session) }
        return try await session.carryOut { session in try await plan(session) }
    }

    /// Jobs may run for hours: their workers are told to take no more under the lock, but nobody holds it while they end.
    private func letJobsEnd(_ session: Session) async throws {
        let workers = Set(session.workloads(of: components) { $0.role == .worker }.map(\.name))
        let isOfWorkers: @Sendable (Step) -> Bool = { $0.action.workload.map(workers.contains) ?? false }
        let outcome = try await session.carryOut { session in
            var plan = try await plan(session)
            plan.steps = plan.steps.filter { isOfWorkers($0) && $0.action.isChange }
            return plan
        }
        guard !outcome.plan.isEmpty else { return }
        var waits = try await plan(session)
        waits.steps = waits.steps.filter { isOfWorkers($0) && !$0.action.isChange }
        try await Executor(session).execute(waits)
    }

    package func plan(_ session: Session) async throws -> Plan {
        let state = try await ClusterState.observe(session)
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
