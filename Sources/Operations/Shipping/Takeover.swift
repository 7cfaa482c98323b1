internal import Cluster
internal import HySDS
internal import Kubernetes

/// Pods that hold a shipped release and finish a job before they run it: asked from their own supervisor.
struct Takeover: Sendable {
    /// Pods asked at a time.
    private static let width = 24

    private let session: Session

    init(_ session: Session) {
        self.session = session
    }

    /// Waits until every pod of the report runs its release or is gone; no lock is held meanwhile.
    func wait(for pods: [ShipReport.Pod], _ parcels: [String: Parcel]) async throws {
        let open = pods.filter { $0.failure == nil && [.now, .afterItsJob, .whenResumed].contains($0.taking) }
        let finishing = open.filter { $0.taking != .now }
        if !finishing.isEmpty { session.emit(.note("waiting for \(finishing.count) pods that finish a job first")) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for pod in open {
                guard let parcel = parcels[pod.workload] else { continue }
                group.addTask { try await wait(for: pod.pod, in: pod.namespace ?? session.namespace, parcel) }
            }
            try await group.waitForAll()
        }
    }

    private func wait(for pod: String, in namespace: String, _ parcel: Parcel) async throws {
        let target = ExecTarget(namespace: namespace, pod: pod, container: parcel.workload)
        while true {
            do {
                let result = try await session.client.run(
                    target, PodScript.waitingCommand(parcel), timeout: .seconds(120))
                if result.status.isSuccess {
                    try await waitReady(pod, in: namespace)
                    return session.emit(.note("\(pod) runs release \(parcel.sequence)"))
                }
            } catch {
                switch error.kind {
                case .notFound: return session.emit(.note("\(pod) has ended; its successor runs the release"))
                case .timeout, .interrupted: break
                default: throw error
                }
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Kubelet asks for readiness only now and then: a pod that was drained a moment ago isn't ready yet.
    private func waitReady(_ name: String, in namespace: String) async throws(ClusterError) {
        let selection = ObjectSelection(.pod, namespace: namespace, fields: "metadata.name=\(name)")
        for try await observation in session.client.observe(selection)
        where observation.objects.values.allSatisfy({ $0.isReady || $0.isBeingDeleted }) {
            return
        }
    }

    /// The pods that still run the release before the one their annotation names. Only pods that were busy when
    /// something was shipped are asked.
    func finishing(of workloads: [Workload], _ state: ClusterState) async -> Set<String> {
        let pods = workloads.filter { $0.role == .worker }.flatMap { state.pods(of: $0) }
            .filter { !$0.isBeingDeleted && $0.annotations[RecordNames.finishing] != nil }
        return await withTaskGroup(of: String?.self) { group in
            var waiting = pods
            func launch() {
                guard let pod = waiting.popLast() else { return }
                group.addTask { await isFinishing(pod) ? pod.name : nil }
            }
            for _ in 0..<Takeover.width { launch() }
            var names: Set<String> = []
            while let name = await group.next() {
                if let name { names.insert(name) }
                launch()
            }
            return names
        }
    }

    private func isFinishing(_ pod: KubernetesObject) async -> Bool {
        guard pod.runsMainContainer, let sequence = pod.annotations[RecordNames.sequence] else { return false }
        let target = ExecTarget(
            namespace: pod.namespace ?? session.namespace, pod: pod.name, container: pod.mainContainer)
        do {
            let result = try await session.client.run(target, ["sds-state"], timeout: .seconds(10))
            let state = try JSONValue(parsing: result.output.prefix { $0 != UInt8(ascii: "\n") })
            return (state["active"]?.integer ?? 0) > 0 && state["sequence"]?.integer.map(String.init) != sequence
        } catch {
            // It can't be asked: whether it is drained shows in whether it is ready.
            return !pod.isReady
        }
    }
}

extension ClusterState {
    /// Whether all pods that aren't ready finish a job before they take a shipped release: nothing is amiss.
    func onlyFinishes(_ workload: Workload) -> Bool {
        let pods = pods(of: workload).filter(\.isLiving)
        return workload.role == .worker && pods.count == replicas(of: workload)
            && pods.allSatisfy { pod in
                pod.isReady || (pod.annotations[RecordNames.finishing] != nil && pod.runsMainContainer)
            }
    }
}
