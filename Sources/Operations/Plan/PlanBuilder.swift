internal import HySDS
internal import Kubernetes
internal import Rollout

/// Puts steps together so that they respect the graph: what a workload starts after comes first.
struct PlanBuilder {
    let session: Session
    let state: ClusterState
    let preparation: Preparation?
    /// Companions and content that exist; nil until an update or a first start has looked.
    let inventory: Inventory?
    private(set) var plan = Plan()
    /// The step after which each workload counts as up.
    private var finals: [String: Set<String>] = [:]

    init(session: Session, state: ClusterState, preparation: Preparation? = nil, inventory: Inventory? = nil) {
        self.session = session
        self.state = state
        self.preparation = preparation
        self.inventory = inventory
        plan.notes = preparation?.notes ?? []
    }

    mutating func note(_ text: String) {
        plan.notes.append(text)
    }

    /// Adds a step unless the same is there already, and gives its id.
    @discardableResult
    mutating func add(_ action: Action, after: Set<String> = []) -> String {
        if let index = plan.steps.firstIndex(where: { $0.id == action.id }) {
            plan.steps[index].after.formUnion(after)
        } else {
            plan.steps.append(Step(action, after: after))
        }
        return action.id
    }

    func ends(of names: [String]) -> Set<String> {
        names.reduce(into: []) { $0.formUnion(finals[$1] ?? []) }
    }

    mutating func finish(_ workload: Workload, with ids: Set<String>) {
        finals[workload.name] = ids
    }

    // MARK: - The namespace's own records

    /// What must exist before anything else of ours: the marker, and secrets that were made now.
    ///
    /// - Parameter recording: the workloads whose wanted release is written; nil means all that changed.
    mutating func addGround(recording: Set<String>? = nil) -> Set<String> {
        var ids: Set<String> = []
        if state.records.marker == nil {
            let marker = Marker(venue: session.site.configuration.venue)
            ids.insert(add(.create(marker.object(namespace: session.namespace))))
        }
        if let secrets = preparation?.generatedSecrets { ids.insert(add(.store(secrets))) }
        let changed = (preparation?.prepared ?? [:])
            .filter { $0.value.isChanged && (recording?.contains($0.key) ?? true) }.mapValues(\.wanted)
        if !changed.isEmpty { ids = [add(.record(changed), after: ids)] }
        return ids
    }

    // MARK: - Workloads

    /// Uploads the content of a workload and applies its companions at once, and its object after what it starts after;
    /// gives the steps to wait for.
    mutating func converge(_ prepared: Prepared, ground: Set<String>, after: Set<String> = []) -> Set<String> {
        var before = upload(prepared, after: ground)
        for companion in prepared.companions {
            let companion = held(companion, of: prepared.workload)
            guard inventory?.covers(companion) != true else { continue }
            before.insert(add(.apply(companion), after: ground))
        }
        guard let object = prepared.object else { return before.subtracting(ground) }
        guard let live = state.object(of: prepared.workload), prepared.workload.isHome(live) else {
            return [add(.createStopped(object), after: before)]
        }
        guard prepared.isChanged || !live.json.covers(object.json) else {
            return before.subtracting(ground)
        }
        return [add(.apply(object), after: before.union(after))]
    }

    /// Content that the cluster lacks: immutable objects are created, the workload's Secret is applied when it changed.
    private mutating func upload(_ prepared: Prepared, after ground: Set<String>) -> Set<String> {
        var ids = ground
        for object in prepared.content where inventory?.contains(object) != true {
            ids.insert(add(object.kind == "Secret" ? .apply(object) : .create(object), after: ground))
        }
        return ids
    }

    /// Scales a workload to the count it should have and waits until it serves.
    mutating func bringUp(
        _ workload: Workload, to wanted: Int? = nil, movingHome isMoving: Bool = false, after: Set<String>
    ) {
        let present = isMoving ? nil : state.object(of: workload)
        guard workload.external == nil, let object = present ?? preparation?.prepared[workload.name]?.object
        else { return }
        let exists = present != nil
        let live = exists ? state.replicas(of: workload) : 0
        let remembered = exists ? state.rememberedReplicas(of: workload) : nil
        let count = wanted ?? remembered ?? (live > 0 ? live : workload.declaredReplicas)
        var last = after
        // A scaler that works owns the count, 0 as well.
        let isOwned = exists && isScaled(workload)
        if !isOwned && (live != count || remembered != nil) {
            last = [
                add(
                    .scale(workload: workload.name, object: object.key, from: live, to: count, remember: nil),
                    after: after)
            ]
        }
        resumeScaler(of: workload, after: last)
        if (isOwned ? live : count) > 0 && (last != after || isMoving || !isReady(workload)) {
            last = [add(.waitReady(workload: workload.name, object: object.key), after: last)]
        }
        finish(workload, with: last == after ? [] : last)
    }

    func isReady(_ workload: Workload) -> Bool { state.isDone(workload) || state.onlyFinishes(workload) }

    /// Scales a workload to 0, remembering its count, and waits until its pods are gone.
    mutating func bringDown(_ workload: Workload, limit: DrainLimit, after: Set<String>) {
        guard let object = state.object(of: workload) else { return }
        let live = state.replicas(of: workload)
        var last = pauseScaler(of: workload, after: after)
        if live > 0 {
            let remembered = state.rememberedReplicas(of: workload) ?? live
            last = [
                add(
                    .scale(workload: workload.name, object: object.key, from: live, to: 0, remember: remembered),
                    after: last)
            ]
        }
        last = bringDown(former: workload, limit: limit, after: last)
        guard live > 0 || !state.pods(of: workload).isEmpty else { return finish(workload, with: last) }
        if workload.role == .worker {
            let seconds = limit.seconds(for: workload)
            last = [
                add(
                    .drain(
                        workload: workload.name, namespace: object.namespace ?? session.namespace, limitSeconds: seconds
                    ),
                    after: last)
            ]
        }
        last = [add(.waitGone(workload: workload.name, object: object.key), after: last)]
        finish(workload, with: last)
    }

    /// What a move to the other namespace left behind when it was interrupted.
    private mutating func bringDown(
        former workload: Workload, limit: DrainLimit, after: Set<String>
    ) -> Set<String> {
        guard let former = state.former(of: workload), let namespace = former.namespace,
            former[path: ["spec", "replicas"]]?.integer ?? 1 > 0
        else { return after }
        let count = former[path: ["spec", "replicas"]]?.integer ?? 1
        let scaled = add(
            .scale(workload: workload.name, object: former.key, from: count, to: 0, remember: count), after: after)
        let drained = add(
            .drain(workload: workload.name, namespace: namespace, limitSeconds: limit.seconds(for: workload)),
            after: [scaled])
        return after.union([add(.waitGone(workload: workload.name, object: former.key), after: [drained])])
    }

    /// Runs a one-shot Job unless it has succeeded already.
    mutating func runOnce(_ workload: Workload, after: Set<String>, ground: Set<String>, again: Bool = false) {
        guard let prepared = preparation?.prepared[workload.name], let object = prepared.object else { return }
        let isComplete = state.view[object.key].map { Readiness.assess($0, in: state.view).isDone } ?? false
        guard again || !isComplete else { return }
        let job = add(.run(object), after: upload(prepared, after: ground).union(after))
        finish(workload, with: [add(.waitComplete(workload: workload.name, object: object.key), after: [job])])
    }
}

/// How long `stop` lets a running job go on before the job goes back to its queue.
package enum DrainLimit: Sendable, Equatable {
    /// Each queue's own limit.
    case perQueue
    case none
    case now

    func seconds(for workload: Workload) -> Int? {
        switch self {
        case .perQueue: workload.drainSeconds
        case .none: nil
        case .now: 0
        }
    }
}
