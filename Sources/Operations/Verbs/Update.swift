internal import Cluster
package import HySDS
internal import Kubernetes

/// Makes components what configuration and checkout say; what runs goes on running, what is stopped stays stopped.
package struct Update: Sendable {
    package let components: [Component]
    /// With `--dry-run`: images that would be built before.
    private let pending: [String: ImageRecord]

    package init(_ components: [Component], after pending: [String: ImageRecord] = [:]) {
        self.components = components
        self.pending = pending
    }

    package func callAsFunction(_ session: Session) async throws -> Outcome {
        try await session.carryOut { session in
            try await plan(session)
        } recover: { session, error in
            try await GoingBack(session.workloads(of: components) { $0.isRunning }).recover(session, from: error)
        } conclude: { session in
            await Retention.collect(session)
        }
    }

    package func plan(_ session: Session) async throws -> Plan {
        try await build(session).plan
    }

    /// The plan with all that it was made from.
    func build(_ session: Session) async throws -> PlanBuilder {
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        let topology = session.site.topology
        let chosen = session.workloads(of: components) { !$0.isOnDemand }
        let setUps = chosen.filter { $0.role == .setup }
        let neededStores = topology.required(by: setUps).filter { $0.isStore }
        let all = chosen + neededStores.filter { store in !chosen.contains { $0.name == store.name } }

        let preparation = try await Preparation.prepare(
            all, for: session, seeing: state.records, expecting: pending)
        let companions = preparation.prepared.values.flatMap(\.companions) + preparation.shared
        let inventory = try await Inventory.take(
            session, companions: companions, besides: Set(state.records.wanted.values.compactMap(\.namespace)),
            prunes: true)
        var builder = PlanBuilder(session: session, state: state, preparation: preparation, inventory: inventory)
        let applied = builder.recordable(all, appliesStores: session.options.appliesStores)
        let certified = builder.keepCertificates(try await CertificateUpkeep.plan(session))
        let ground = builder.addGround(recording: applied).union(certified)

        for object in preparation.shared where !inventory.covers(object) { builder.add(.apply(object), after: ground) }
        for workload in topology.startWaves(all).flatMap({ $0 }) {
            guard let prepared = preparation.prepared[workload.name] else { continue }
            let before = builder.ends(of: workload.startAfter).union(ground)
            switch workload.role {
            case .store:
                let isNeeded = neededStores.contains { $0.name == workload.name }
                builder.update(store: prepared, isNeeded: isNeeded, after: before, ground: ground)
            case .setup: builder.runOnce(workload, after: before, ground: ground)
            default: builder.update(prepared, after: before, ground: ground)
            }
        }
        builder.prune(session.workloads(of: components) { _ in true }, preparation.shared, inventory, components)
        try refuseForgottenQueues(builder.plan, session)
        return builder
    }

    /// A file that lost its QUEUES means the default ones: nobody wants his workers removed for that.
    private func refuseForgottenQueues(_ plan: Plan, _ session: Session) throws(OperationError) {
        let configuration = session.site.configuration
        let removed = plan.steps.compactMap { step -> String? in
            guard case .delete(let key, _) = step.action, key.kind == "ReplicaSet" else { return nil }
            return key.name
        }
        let isDefault = configuration.entries.first { $0.key == "QUEUES" }?.isDefault ?? true
        guard !removed.isEmpty, isDefault else { return }
        throw OperationError(
            .usage, "\(configuration.file): QUEUES is missing, and \(removed.joined(separator: ", ")) would be removed",
            hint: "name the queues that there are, or say QUEUES: [] for none. Nothing was changed")
    }
}

extension PlanBuilder {
    /// The workloads whose wanted release this update records: not the stores that it leaves as they are.
    func recordable(_ workloads: [Workload], appliesStores: Bool) -> Set<String> {
        Set(
            workloads.filter { workload in
                !workload.isStore || appliesStores || state.object(of: workload) == nil
            }.map(\.name))
    }

    /// A store is created, or brought up when set-up needs it; its own objects change only on demand.
    mutating func update(store prepared: Prepared, isNeeded: Bool, after: Set<String>, ground: Set<String>) {
        let workload = prepared.workload
        let live = state.object(of: workload)
        var before = after
        if live == nil || session.options.appliesStores {
            before.formUnion(converge(prepared, ground: ground))
        } else if prepared.isChanged {
            note("\(workload.name): its configuration changed; stores are changed by 'sds update ... --stores' only")
        }
        if isNeeded {
            bringUp(workload, after: before)
        } else {
            finish(workload, with: before == after ? [] : before)
        }
    }

    /// A workload that runs is rolled over to its new release; one that doesn't is only changed.
    mutating func update(_ prepared: Prepared, after: Set<String>, ground: Set<String>) {
        let workload = prepared.workload
        let steps = converge(prepared, ground: ground, after: after)
        guard !move(workload, after: steps.union(after)) else { return }
        guard let key = prepared.object?.key, state.object(of: workload) != nil, state.replicas(of: workload) > 0 else {
            finish(workload, with: steps)
            return
        }
        var last = steps
        let sequence = String(prepared.wanted.sequence)
        let hasOldPods = state.pods(of: workload).contains {
            !$0.isBeingDeleted && $0.annotations[RecordNames.sequence] != sequence
        }
        if workload.object.kind == "ReplicaSet", hasOldPods {
            last = [add(.replacePods(workload: workload.name, object: key, spec: sequence), after: last.union(after))]
        }
        if !last.isEmpty || !isReady(workload) {
            let only = workload.object.kind == "ReplicaSet" ? sequence : nil
            last = [
                add(.waitReady(workload: workload.name, object: key, sequence: only), after: last.union(after))
            ]
        }
        finish(workload, with: last)
    }

    /// A worker that changes its namespace runs in the new one before the old one is pruned, as many pods as before.
    private mutating func move(_ workload: Workload, after: Set<String>) -> Bool {
        guard let live = state.object(of: workload) else { return false }
        let isHome = workload.isHome(live)
        // An interrupted move left the new one at 0 beside the old one.
        guard let old = isHome ? state.former(of: workload) : live else { return false }
        let count = old[path: ["spec", "replicas"]]?.integer ?? 1
        guard !isHome || (count > 0 && state.replicas(of: workload) == 0) else { return false }
        note("\(workload.name) moves from \(old.namespace ?? "") to \(workload.namespace)")
        if count > 0 {
            bringUp(workload, to: count, movingHome: !isHome, after: after)
        } else {
            finish(workload, with: after)
        }
        return true
    }

    /// What we made for these components and no longer declare goes; never data, an address or a namespace.
    mutating func prune(
        _ declared: [Workload], _ shared: [KubernetesObject], _ inventory: Inventory, _ components: [Component]
    ) {
        let homes = Dictionary(
            session.site.topology.workloads.map { ($0.name, $0.namespace) }, uniquingKeysWith: { first, _ in first })
        let components = Set(components.map(\.rawValue))
        let rest = Set(plan.steps.map(\.id))
        for object in state.ownObjects where object.kind != "Job" {
            let name = object.labels[RecordNames.name] ?? ""
            guard object.labels[RecordNames.managedBy] == "sds", homes[name] != object.namespace,
                components.contains(object.labels[RecordNames.component] ?? "")
            else { continue }
            if homes[name] == nil { note("\(object.key) is no longer declared: it is drained and removed") }
            add(.delete(object.key, uid: object.uid), after: rest)
        }
        let abandoned = inventory.abandoned(
            homes: homes, namespaces: session.namespaces, components: components)
        for (key, uid) in abandoned.sorted(by: { $0.key < $1.key }) { add(.delete(key, uid: uid), after: rest) }
        let keys = Set((preparation?.prepared.values.flatMap(\.companions) ?? []).map(\.key) + shared.map(\.key))
        for object in inventory.undeclared(besides: keys, components: components) {
            note("\(object.key) is no longer declared: it is removed")
            add(.delete(object.key, uid: object.uid), after: rest)
        }
    }
}
