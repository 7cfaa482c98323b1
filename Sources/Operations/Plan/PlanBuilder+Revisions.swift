internal import HySDS
internal import Kubernetes

extension PlanBuilder {
    /// Brings workloads to kept revisions: the wanted ones are recorded first, then applied; pods that run are replaced
    /// and waited for, what is stopped stays stopped.
    mutating func goTo(_ revisions: [String: Revision]) {
        guard !revisions.isEmpty else { return }
        let record = add(.record(revisions.mapValues(\.wanted)))
        let workloads = session.site.topology.workloads.filter { revisions[$0.name] != nil }
        for workload in session.site.topology.startWaves(workloads).flatMap({ $0 }) {
            guard let revision = revisions[workload.name] else { continue }
            let kept = add(.create(revision.record(namespace: session.namespace)), after: [record])
            guard state.object(of: workload) != nil else {
                finish(workload, with: [add(.createStopped(revision.object), after: [kept])])
                continue
            }
            let before = ends(of: workload.startAfter).union([kept])
            let applied = add(.apply(revision.object), after: before)
            finish(
                workload,
                with: [state.replicas(of: workload) > 0 ? roll(workload, to: revision, after: applied) : applied])
        }
    }

    /// Replaces the pods that no controller replaces by itself, and waits for the new ones.
    private mutating func roll(_ workload: Workload, to revision: Revision, after applied: String) -> String {
        let key = revision.object.key
        guard revision.object.kind == "ReplicaSet" else {
            return add(.waitReady(workload: workload.name, object: key), after: [applied])
        }
        let sequence = String(revision.wanted.sequence)
        let replaced = add(.replacePods(workload: workload.name, object: key, spec: sequence), after: [applied])
        return add(.waitReady(workload: workload.name, object: key, sequence: sequence), after: [replaced])
    }
}
