internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// The way back after a change that didn't become ready: every workload that it changed gets its previous revision.
struct GoingBack: Sendable {
    private let workloads: [Workload]

    init(_ workloads: [Workload]) {
        self.workloads = workloads.filter(\.isRunning)
    }

    /// What ran before runs again: the wanted releases of before, under new sequence numbers. Throws in any case: the
    /// error that led here, with what became of it.
    func recover(_ session: Session, from error: any Error) async throws {
        let (plan, failed) = try await plan(session)
        guard !plan.isEmpty else { return }
        session.emit(.warning("the change did not become ready: going back to what ran before"))
        await session.markFailed(failed)
        do {
            try await Executor(session).execute(plan)
        } catch let second {
            var reported = OperationError(error)
            reported.causes.append("going back failed too: \(OperationError(second).message)")
            throw reported
        }
        var reported = OperationError(error)
        if reported.kind != .timedOut { reported.kind = .unhealthy }
        reported.hint = (reported.hint.map { $0 + "; " } ?? "") + "what ran before runs again"
        throw reported
    }

    /// The plan, and the sequence numbers that failed.
    private func plan(_ session: Session) async throws -> (Plan, failed: [String: Int]) {
        let state = try await ClusterState.observe(session)
        let kept = try await Revisions.load(session)
        let time = Timestamp.second(Date())
        var builder = PlanBuilder(session: session, state: state)
        var revisions: [String: Revision] = [:]
        var failed: [String: Int] = [:]
        for workload in workloads {
            guard let wanted = state.records.wanted[workload.name], wanted.sequence > 1,
                wanted.identity == session.identity, let live = state.object(of: workload),
                state.replicas(of: workload) > 0,
                let previous = kept.previous(of: workload.name, before: wanted), workload.isHome(previous.object),
                workload.isHome(live)
            else { continue }
            revisions[workload.name] = previous.carryingSecrets(of: live)
                .renumbered(wanted.sequence + 1, by: session.identity, at: time)
            failed[workload.name] = wanted.sequence
        }
        builder.goTo(revisions)
        return (builder.plan, failed)
    }
}
