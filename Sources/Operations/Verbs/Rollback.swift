internal import Cluster
internal import FoundationEssentials
package import HySDS
internal import Kubernetes

/// Brings workloads that run code back to what they were before their last change, or to a sequence number.
///
/// A component's last change is undone as a whole: workloads that took no part in it stay what they are. Secrets stay
/// current. A second rollback undoes the first.
package struct Rollback: Sendable {
    private let workloads: [Workload]
    private let word: String
    private let sequence: Int?

    /// The components that it acts on.
    package var components: [Component] {
        Component.allCases.filter { component in workloads.contains { $0.component == component } }
    }

    /// - Parameter word: a component or the name of a workload.
    /// - Throws: `OperationError` (usage) that lists what can be named.
    package init(_ word: String, to sequence: Int?, site: Site) throws(OperationError) {
        self.word = word
        self.sequence = sequence
        workloads = try site.workloads(named: word).filter { $0.isRunning && $0.hasRelease }
        guard !workloads.isEmpty else {
            throw OperationError(
                .usage, "nothing of '\(word)' runs code of a release",
                hint: "stores and the front are changed by 'sds update' alone")
        }
    }

    package func callAsFunction(_ session: Session) async throws -> Outcome {
        try await session.carryOut { session in
            try await plan(session)
        } recover: { session, error in
            try await GoingBack(workloads).recover(session, from: error)
        } conclude: { session in
            await Retention.collect(session)
        }
    }

    package func plan(_ session: Session) async throws -> Plan {
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        async let loaded = Revisions.load(session)
        async let taken = Inventory.take(session, companions: [])
        let (kept, inventory) = (try await loaded, try await taken)
        var builder = PlanBuilder(session: session, state: state, inventory: inventory)
        let targets = try targets(seeing: state.records.wanted, kept, note: { builder.note($0) })
        let time = Timestamp.second(Date())
        var revisions: [String: Revision] = [:]
        for (name, target) in targets {
            guard let wanted = state.records.wanted[name], let workload = session.site.topology[name] else { continue }
            guard workload.isHome(target.object) else {
                throw OperationError(
                    .usage,
                    "revision \(target.wanted.sequence) of \(name) ran in the namespace \(target.object.namespace ?? "")",
                    hint: "give its queue the engine that it had then, and run 'sds update \(workload.component)'")
            }
            var revision = target
            if let live = state.object(of: workload) {
                let secret = ObjectKey(
                    kind: "Secret", namespace: workload.namespace, name: SecretFiles.name(of: workload.name))
                revision = revision.carryingSecrets(of: live, generation: inventory.generation(of: secret))
            }
            guard revision.wanted.spec != wanted.spec || state.object(of: workload) == nil else {
                builder.note("\(name) is what revision \(target.wanted.sequence) says: it stays at \(wanted.sequence)")
                continue
            }
            revision = revision.renumbered(wanted.sequence + 1, by: session.identity, at: time)
            try check(revision, of: target.wanted.sequence, in: inventory, namespace: workload.namespace)
            revisions[name] = revision
        }
        builder.goTo(revisions)
        return builder.plan
    }

    /// Which revision each workload goes to; workloads that stay are told about in notes.
    func targets(
        seeing wanted: [String: WantedRelease], _ kept: Revisions, note: (String) -> Void
    ) throws(OperationError) -> [String: Revision] {
        var targets: [String: Revision] = [:]
        let known = workloads.compactMap { workload in wanted[workload.name].map { (workload.name, $0) } }
        if let sequence { try check(sequence, known.map(\.0), kept) }
        let last = known.max { ($0.1.time, $0.0) < ($1.1.time, $1.0) }?.1
        for (name, present) in known {
            if let sequence {
                guard let revision = kept.revision(of: name, sequence), sequence != present.sequence else { continue }
                targets[name] = revision
            } else if present.time != last?.time || present.identity != last?.identity {
                note("\(name) took no part in the last change (\(last?.identity.command ?? "")): it stays as it is")
            } else if let revision = kept.previous(of: name, before: present) {
                targets[name] = revision
            } else {
                note("\(name) has no earlier revision: it stays at \(present.sequence)")
            }
        }
        guard !targets.isEmpty || sequence != nil else {
            throw OperationError(
                .failed, "there is nothing to go back to: no earlier revision of '\(word)' is kept",
                hint: "'sds history \(word)' lists what is")
        }
        return targets
    }

    /// A number that only some of the workloads have is no state that the component ever was in.
    private func check(_ sequence: Int, _ names: [String], _ kept: Revisions) throws(OperationError) {
        let lacking = names.filter { kept.revision(of: $0, sequence) == nil }.sorted()
        guard names.isEmpty || !lacking.isEmpty else { return }
        guard let example = names.sorted().first(where: { !lacking.contains($0) }) else {
            throw OperationError(
                .usage, "nothing of '\(word)' has a revision \(sequence)", hint: "'sds history \(word)' lists them")
        }
        let had = lacking.map { name in
            let numbers = kept[name].map { String($0.wanted.sequence) }.joined(separator: ", ")
            return "\(name) has \(numbers.isEmpty ? "none" : numbers)"
        }
        throw OperationError(
            .usage, "not all of '\(word)' has a revision \(sequence)", causes: had,
            hint: "name one workload, such as 'sds rollback \(example) --to \(sequence)'; "
                + "'sds rollback \(word)' undoes the last change of all")
    }

    /// Refuses a revision whose release is gone: its pods would never start.
    private func check(
        _ revision: Revision, of sequence: Int, in inventory: Inventory, namespace: String
    ) throws(OperationError) {
        let missing = revision.contentNames.filter { name in
            !inventory.holds(ObjectKey(kind: "ConfigMap", namespace: namespace, name: name))
        }
        guard let first = missing.min() else { return }
        throw OperationError(
            .failed, "\(revision.workload) can't go to revision \(sequence): \(first) is no longer in the cluster",
            hint: "check out that code and run 'sds update'")
    }
}
