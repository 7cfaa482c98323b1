internal import Cluster
internal import HySDS
internal import Kubernetes

/// Copies what the stores of the SSH era hold into the cluster's own, or back: a Job of `k8s/` does it, so it goes on
/// when the operator's machine doesn't. Every document is compared by digest; a second run writes what is missing.
package struct Migrate: Sendable {
    private let role: Role

    package init(isBack: Bool) {
        role = isBack ? .wayBack : .migration
    }

    package func callAsFunction(_ session: Session) async throws -> Outcome {
        let jobs = try jobs(session)
        var outcome = try await session.carryOut { session in try await plan(session) }
        guard !outcome.isDryRun else { return outcome }
        outcome.notes = try await counts(of: jobs, session)
        for note in outcome.notes { session.emit(.note(note)) }
        return outcome
    }

    package func plan(_ session: Session) async throws -> Plan {
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        let topology = session.site.topology
        let jobs = try jobs(session)
        let needed = topology.required(by: jobs).filter { !$0.isRunning }
        let preparation = try await Preparation.prepare(
            needed.filter { $0.isOneShot || state.object(of: $0) == nil }, for: session, seeing: state.records)
        let inventory = try await Inventory.take(session, companions: preparation.prepared.values.flatMap(\.companions))
        var builder = PlanBuilder(session: session, state: state, preparation: preparation, inventory: inventory)
        let ground = builder.addGround()
        for workload in topology.startWaves(needed.filter { !$0.isOnDemand }).flatMap({ $0 }) {
            builder.raise(workload, after: builder.ends(of: workload.startAfter), ground: ground)
        }
        let ready = builder.ends(of: needed.filter { !$0.isOnDemand }.map(\.name))
        for job in jobs { builder.runOnce(job, after: ready, ground: ground, again: true) }
        return builder.plan
    }

    /// - Throws: `OperationError` (usage) when the configuration doesn't say where anything is to come from.
    private func jobs(_ session: Session) throws(OperationError) -> [Workload] {
        let declared = session.site.topology.workloads.filter { $0.role == role }
        let needed = declared.map { job in
            (job, (job.object.annotations[Annotation.needsAny] ?? "").split(separator: " ").map(String.init))
        }
        let configuration = session.site.configuration
        let jobs = needed.filter { _, keys in keys.isEmpty || keys.contains { configuration.text($0) != nil } }
        guard !jobs.isEmpty else {
            let keys = needed.flatMap(\.1)
            throw OperationError(
                .usage, "\(session.site.configurationFile) doesn't say where the former stores are",
                hint: "set \(keys.joined(separator: " or ")), such as http://10.0.0.6:9200; "
                    + "'sds configure --from' writes them for stores that start anew")
        }
        return jobs.map(\.0)
    }

    /// What the Jobs counted, a line an index.
    private func counts(of jobs: [Workload], _ session: Session) async throws -> [String] {
        var lines: [String] = []
        for job in jobs {
            let pods = try await session.client.list(
                ObjectSelection(.pod, namespace: session.namespace, labels: "\(RecordNames.name)=\(job.name)"))
            for pod in pods.items where pod[path: ["status", "phase"]]?.string == "Succeeded" {
                let text = try await session.client.logText(
                    namespace: session.namespace, pod: pod.name,
                    options: LogOptions(container: pod.mainContainer, previous: false, tailLines: nil))
                lines += text.split(separator: "\n").compactMap { Migrate.line(String($0)) }
            }
        }
        return lines
    }

    /// `grq_v1_a: 1234 there, 1234 here, 1234 copied`
    static func line(_ text: String) -> String? {
        guard let value = try? JSONValue(parsing: text.utf8) else { return nil }
        if let step = value["step"]?.string, let detail = value["detail"]?.string { return "\(step): \(detail)" }
        guard let index = value["index"]?.string, let source = value["source"]?.integer,
            let here = value["here"]?.integer, let copied = value["copied"]?.integer,
            let differ = value["differ"]?.integer
        else { return nil }
        return "\(index): \(source) at the source, \(here) at the target, \(copied) copied"
            + (differ > 0 ? ", \(differ) differ" : "")
    }
}
