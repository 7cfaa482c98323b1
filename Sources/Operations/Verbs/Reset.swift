internal import FoundationEssentials
package import HySDS
internal import Kubernetes

/// Clears what sdscli clears: queues, job status, Redis; then declares the queues again and starts the components.
///
/// The consumers of all components stand still meanwhile. What was paused is recorded in the cluster first, so that
/// a second run after any interruption brings back what the first one held.
package struct Reset: Sendable {
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
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        let topology = session.site.topology
        let own = session.workloads(of: components) { $0.isRunning }
        let resets = session.workloads(of: components) { $0.role == .reset }
        let setUps = session.workloads(of: components) { $0.role == .setup }
        let runningNow = topology.workloads.filter { workload in
            // A scaler may bring a worker up at any time.
            workload.isRunning
                && (state.replicas(of: workload) > 0 || state.scaler(of: workload)?.isPaused == false)
        }
        // Consumers of other components stand still only while data is cleared that they use.
        let affected = resets.isEmpty ? runningNow.filter { w in own.contains { $0.name == w.name } } : runningNow
        let paused = state.records.paused.merging(
            affected.map { ($0.name, state.replicas(of: $0)) }, uniquingKeysWith: { first, _ in first })

        let needed = topology.required(by: own + resets + setUps).filter { workload in
            !workload.isRunning || own.contains { $0.name == workload.name }
        }
        let preparation = try await Preparation.prepare(
            needed.filter { $0.isOneShot || state.object(of: $0) == nil }, for: session, seeing: state.records)
        let inventory = try await Inventory.take(session, companions: preparation.prepared.values.flatMap(\.companions))
        var builder = PlanBuilder(session: session, state: state, preparation: preparation, inventory: inventory)

        let certified = builder.keepCertificates(try await CertificateUpkeep.plan(session))
        var ground = builder.addGround().union(certified)
        if !paused.isEmpty { ground = [builder.add(.pause(paused), after: ground)] }
        builder.lower(affected, limit: limit, after: ground)
        let stopped = builder.ends(of: affected.map(\.name)).union(ground)

        for store in topology.startWaves(needed.filter { $0.isStore }).flatMap({ $0 }) {
            builder.raise(store, after: builder.ends(of: store.startAfter), ground: ground)
        }
        let stores = builder.ends(of: needed.filter { $0.isStore }.map(\.name))
        for reset in resets { builder.runOnce(reset, after: stopped.union(stores), ground: ground, again: true) }
        let cleared = builder.ends(of: resets.map(\.name)).union(stopped).union(stores)
        for setUp in topology.startWaves(needed.filter { $0.role == .setup }).flatMap({ $0 }) {
            let isOwn = setUps.contains { $0.name == setUp.name }
            builder.runOnce(setUp, after: cleared, ground: ground, again: isOwn && !resets.isEmpty)
        }
        let setUp = builder.ends(of: needed.filter { $0.role == .setup }.map(\.name)).union(cleared)

        var raised: Set<String> = []
        let back = topology.workloads.filter { workload in
            workload.isRunning && (paused[workload.name] != nil || own.contains { $0.name == workload.name })
        }
        for workload in topology.startWaves(back).flatMap({ $0 }) {
            let before = builder.ends(of: workload.startAfter.filter { name in back.contains { $0.name == name } })
            builder.raiseAgain(workload, to: paused[workload.name], after: before.union(setUp), ground: ground)
            raised.formUnion(builder.ends(of: [workload.name]))
        }
        if !paused.isEmpty { builder.add(.pause([:]), after: raised.union(setUp)) }
        return builder.plan
    }
}

extension PlanBuilder {
    /// Brings a workload back to its count after it was at 0, whatever it counts now.
    fileprivate mutating func raiseAgain(
        _ workload: Workload, to paused: Int?, after: Set<String>, ground: Set<String>
    ) {
        var before = after
        let live = state.object(of: workload)
        if live == nil, let prepared = preparation?.prepared[workload.name] {
            before.formUnion(converge(prepared, ground: ground))
        }
        guard let key = (live ?? preparation?.prepared[workload.name]?.object)?.key else { return }
        let running = live == nil ? 0 : state.replicas(of: workload)
        let count =
            state.rememberedReplicas(of: workload) ?? paused ?? (running > 0 ? running : workload.declaredReplicas)
        guard count > 0 else { return resumeScaler(of: workload, after: before) }
        let scaled = add(.scale(workload: workload.name, object: key, from: 0, to: count, remember: nil), after: before)
        resumeScaler(of: workload, after: [scaled])
        finish(workload, with: [add(.waitReady(workload: workload.name, object: key), after: [scaled])])
    }
}
