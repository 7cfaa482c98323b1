internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// Brings releases into the pods that run: all pods at the same time, each with what it lacks.
struct Delivery: Sendable {
    /// Pods that are written to at a time.
    private static let width = 24
    /// For one pod and one attempt, whatever it does.
    private static let podTimeout: Duration = .seconds(240)
    /// How long the controllers may take to notice a new template.
    private static let settling: Duration = .seconds(20)

    let session: Session
    /// By workload.
    let parcels: [String: Parcel]
    let report: @Sendable (ShipReport.Pod) -> Void
    private let patches: TreePatches

    init(session: Session, parcels: [String: Parcel], report: @escaping @Sendable (ShipReport.Pod) -> Void) {
        self.session = session
        self.parcels = parcels
        self.report = report
        patches = TreePatches(session)
    }

    /// Goes on until no running pod is left that came from an older template and wasn't reached.
    func callAsFunction() async throws -> [ShipReport.Pod] {
        let clock = ContinuousClock()
        let deadline = clock.now + Delivery.settling
        var results: [ShipReport.Pod] = []
        var reached: Set<String> = []
        var isFirst = true
        while true {
            // In this order: what a controller that has seen the template makes from now on comes from it.
            let isSettled = try await isSettled()
            let pods = try await lists(of: .pod).filter {
                $0.isLiving && parcels[$0.workload] != nil && !reached.contains($0.uid)
            }
            let stale = pods.filter { $0.annotations[RecordNames.sequence] != parcels[$0.workload]?.sequenceText }
            let running = (isFirst ? pods : stale).filter(\.runsMainContainer)
            let idle = stale.filter { !$0.runsMainContainer }
            isFirst = false
            if running.isEmpty && idle.isEmpty {
                if isSettled { return results }
                guard clock.now < deadline else {
                    session.emit(
                        .warning("the cluster's controllers don't answer: later pods may be of the old template"))
                    return results
                }
                try await Task.sleep(for: .milliseconds(200))
                continue
            }
            reached.formUnion((running + idle).map(\.uid))
            results += try await deliver(running, replacing: idle)
        }
    }

    /// Whether every ReplicaSet's controller has seen its present template.
    private func isSettled() async throws -> Bool {
        try await lists(of: .replicaSet).filter { parcels[$0.name] != nil }.allSatisfy { set in
            (set[path: ["status", "observedGeneration"]]?.integer ?? 0) >= set.generation
        }
    }

    private func lists(of type: ResourceType) async throws(ClusterError) -> [KubernetesObject] {
        try await session.client.lists(
            session.namespaces.map { ObjectSelection(type, namespace: $0, labels: RecordNames.everything) }
        ).flatMap(\.items)
    }

    private func deliver(
        _ pods: [KubernetesObject], replacing idle: [KubernetesObject]
    ) async throws -> [ShipReport.Pod] {
        await withTaskGroup(of: ShipReport.Pod?.self) { group in
            var waiting = pods.map { ($0, false) } + idle.map { ($0, true) }
            func launch() {
                guard let (pod, isIdle) = waiting.popLast(), let parcel = parcels[pod.workload] else { return }
                group.addTask { isIdle ? await replace(pod) : await deliver(parcel, to: pod) }
            }
            for _ in 0..<Delivery.width { launch() }
            var results: [ShipReport.Pod] = []
            while let result = await group.next() {
                if let result {
                    report(result)
                    results.append(result)
                }
                if !Task.isCancelled { launch() }
            }
            return results
        }
    }

    /// A pod of the old template in which nothing runs (yet): its successor comes from the new one.
    private func replace(_ pod: KubernetesObject) async -> ShipReport.Pod? {
        var result = ShipReport.Pod(workload: pod.workload, pod: pod.name, namespace: pod.namespace)
        do {
            _ = try await session.client.send(
                .delete(
                    .pod, namespace: pod.namespace, name: pod.name,
                    options: DeleteOptions(propagation: .background, uid: pod.uid)))
            result.taking = .replaced
        } catch {
            guard error.kind != .notFound else { return nil }
            result.failure = "it doesn't run and can't be replaced: \(error.message)"
        }
        return result
    }

    private func deliver(_ parcel: Parcel, to pod: KubernetesObject) async -> ShipReport.Pod {
        let clock = ContinuousClock()
        let start = clock.now
        var result = ShipReport.Pod(workload: parcel.workload, pod: pod.name, namespace: pod.namespace)
        do {
            let (receipt, state) = try await stage(parcel, in: pod, sent: &result.sent)
            result.receipt = receipt
            result.taking = .init(state, parcel)
            if result.taking == .afterItsJob, state.sequence >= 0 { result.former = state.sequence }
            try await annotate(pod, parcel, former: result.former)
        } catch let error as OperationError {
            result.failure = error.message
        } catch let error as ClusterError {
            if error.kind == .notFound { result.taking = .gone } else { result.failure = error.message }
        } catch {
            result.failure = "\(error)"
        }
        let time = (clock.now - start).components
        result.seconds = ((Double(time.seconds) + Double(time.attoseconds) / 1e18) * 100).rounded() / 100
        return result
    }

    /// Asks what the pod lacks, sends that, and when the pod's own copies are damaged, everything.
    private func stage(
        _ parcel: Parcel, in pod: KubernetesObject, sent: inout Int
    ) async throws -> (Receipt, SupervisorState) {
        var trees: Set<String> = []
        var patched: [String: StageArchive.File] = [:]
        var cause = ""
        for _ in 0..<4 {
            let archive = parcel.archive(of: trees, patches: patched)
            if !trees.isEmpty { sent += archive.size }
            switch try await send(archive, of: parcel, to: pod) {
            case .missing(let missing, let held):
                guard !missing.isSubset(of: trees) else {
                    throw OperationError(.failed, "it asks again for what was sent")
                }
                trees = missing
                patched = await patches.files(for: missing, of: parcel, held: held)
            case .held(let receipt, let state):
                guard receipt.release == parcel.release, receipt.sequence == parcel.sequence else {
                    throw OperationError(
                        .mismatch,
                        "it holds release \(receipt.release.prefix(12)) number \(receipt.sequence) and keeps it")
                }
                return (receipt, state)
            case .failed(let text):
                cause = text
                guard trees != parcel.everything || !patched.isEmpty else { throw OperationError(.failed, cause) }
                trees = parcel.everything
                patched = [:]
            }
        }
        throw OperationError(.failed, cause.isEmpty ? "it gave no receipt" : cause)
    }

    private func send(_ archive: StageArchive, of parcel: Parcel, to pod: KubernetesObject) async throws -> PodAnswer {
        let target = ExecTarget(
            namespace: pod.namespace ?? session.namespace, pod: pod.name, container: pod.mainContainer)
        let result = try await session.client.run(
            target, PodScript.command(parcel, bytes: archive.size),
            input: .writing { (exec: ExecSession) async throws(ClusterError) in
                for piece in archive.pieces where !piece.isEmpty { try await exec.write(piece) }
            }, outputLimit: 64 << 10, timeout: Delivery.podTimeout)
        if case .failed(let text) = result.status { return .failed(text) }
        return PodAnswer(output: result.outputText, errors: result.errorText)
    }

    /// The record on the pod, written after its receipt.
    private func annotate(_ pod: KubernetesObject, _ parcel: Parcel, former: Int?) async throws(ClusterError) {
        let annotations: [String: JSONValue] = [
            RecordNames.release: .string(parcel.release), RecordNames.sequence: .string(parcel.sequenceText),
            RecordNames.finishing: former.map { .string(String($0)) } ?? .null,
        ]
        let isRecorded = annotations.allSatisfy { name, value in pod.annotations[name] == value.string }
        guard !isRecorded else { return }
        let patch: JSONValue = ["metadata": ["uid": .string(pod.uid), "annotations": .object(annotations)]]
        _ = try await session.client.send(.mergePatch(patch, .pod, namespace: pod.namespace, name: pod.name))
    }
}

extension ShipReport.Taking {
    init(_ state: SupervisorState, _ parcel: Parcel) {
        if state.release == parcel.release && state.sequence == parcel.sequence {
            self = .running
        } else if state.then == "hold" {
            self = .whenResumed
        } else {
            self = state.active > 0 ? .afterItsJob : .now
        }
    }
}

extension Parcel {
    var sequenceText: String { String(sequence) }
}

extension KubernetesObject {
    var workload: String { labels[RecordNames.name] ?? "" }

    /// Neither on its way out nor over.
    var isLiving: Bool {
        !isBeingDeleted && !["Succeeded", "Failed"].contains(self[path: ["status", "phase"]]?.string ?? "")
    }

    var runsMainContainer: Bool {
        let name = mainContainer
        return (self[path: ["status", "containerStatuses"]]?.array ?? []).contains {
            $0["name"]?.string == name && $0[path: ["state", "running"]] != nil
        }
    }
}
