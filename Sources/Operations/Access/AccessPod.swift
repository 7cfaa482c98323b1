internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// Finds a pod that holds the addresses and credentials of services, or starts one.
struct AccessPod: Sendable {
    private static let startLimit: Duration = .seconds(120)

    struct Found: Sendable {
        let target: ExecTarget
        let file: String
    }

    let session: Session

    private var workloads: [Workload] { session.site.topology.workloads.filter { $0.accessFile != nil } }

    /// A ready pod: those of a Job for this last, since it may be about to end.
    func running() async throws -> [Found] {
        let candidates = workloads
        let names = candidates.map(\.name).joined(separator: ",")
        let pods = try await session.client.list(
            ObjectSelection(
                .pod, namespace: session.namespace,
                labels: "\(RecordNames.everything),\(RecordNames.name) in (\(names))"))
        let ready = pods.items.filter { !$0.isBeingDeleted && $0.isReady }
        return (candidates.filter { !$0.isOneShot } + candidates.filter(\.isOneShot)).flatMap { workload in
            ready.filter { $0.labels[RecordNames.name] == workload.name }.map { found($0, workload) }
        }
    }

    /// The pod of a Job made for this, once it runs.
    func started() async throws -> Found {
        guard let workload = workloads.first(where: \.isOneShot) else {
            throw OperationError(.usage, "k8s/ has no Job with the annotation \(Annotation.access)")
        }
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        guard state.records.marker != nil else {
            throw OperationError(
                .unhealthy, "nothing of HySDS is in the namespace '\(session.namespace)' yet",
                hint: "'sds update all' comes first")
        }
        let preparation = try await Preparation.prepare([workload], for: session, seeing: state.records)
        guard let prepared = preparation.prepared[workload.name], let job = prepared.object else {
            throw OperationError(.failed, "\(workload.name) has no object")
        }
        session.emit(.note("no pod that could ask runs: starting \(job.name)"))
        var plan = Plan()
        for object in prepared.content { plan.steps.append(Step(.apply(object))) }
        let quiet = Session(
            site: session.site, client: session.client, namespace: session.namespace, identity: session.identity,
            options: session.options, emit: { _ in })
        try await Executor(quiet).execute(plan)
        try await make(job)
        return found(try await pod(of: job), workload)
    }

    private func found(_ pod: KubernetesObject, _ workload: Workload) -> Found {
        Found(
            target: ExecTarget(
                namespace: pod.namespace ?? session.namespace, pod: pod.name, container: pod.mainContainer),
            file: workload.accessFile ?? "")
    }

    /// Creates the Job unless another verb has just done so; one that has ended goes first.
    private func make(_ job: KubernetesObject) async throws {
        let deadline = ContinuousClock.now + AccessPod.startLimit
        while true {
            do throws(ClusterError) {
                _ = try await session.client.send(.create(job, .job, namespace: job.namespace))
                return
            } catch {
                guard error.kind == .alreadyExists, ContinuousClock.now < deadline else { throw error }
            }
            if let live = try await session.client.find(.job, namespace: job.namespace, name: job.name) {
                guard live.isBeingDeleted || live.isFinishedJob else { return }
                if !live.isBeingDeleted {
                    let options = DeleteOptions(propagation: .background, uid: live.uid)
                    _ = try? await session.client.send(
                        .delete(.job, namespace: job.namespace, name: job.name, options: options))
                }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func pod(of job: KubernetesObject) async throws -> KubernetesObject {
        let selection = ObjectSelection(.pod, namespace: session.namespace, labels: "job-name=\(job.name)")
        let client = session.client
        return try await withThrowingTaskGroup(of: KubernetesObject?.self) { group in
            group.addTask {
                for try await observation in client.observe(selection) {
                    let pods = observation.objects.values.filter { !$0.isBeingDeleted }
                    if let ready = pods.first(where: \.isReady) { return ready }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: AccessPod.startLimit)
                return nil
            }
            let pod = try await group.next() ?? nil
            group.cancelAll()
            if let pod { return pod }
            let pods = try await client.list(selection)
            throw OperationError(
                .unhealthy, "\(job.name) did not start within \(AccessPod.startLimit.components.seconds) s",
                causes: pods.items.flatMap(\.waitingCauses),
                hint: "what it waits for may lack elsewhere too: 'sds status'")
        }
    }
}

extension KubernetesObject {
    fileprivate var isFinishedJob: Bool {
        (self[path: ["status", "conditions"]]?.array ?? []).contains {
            ["Complete", "Failed"].contains($0["type"]?.string) && $0["status"]?.string == "True"
        }
    }

    /// What a pod's status says about why it doesn't run.
    fileprivate var waitingCauses: [String] {
        let containers = (self[path: ["status", "containerStatuses"]]?.array ?? []).compactMap { status in
            status[path: ["state", "waiting"]]
        }
        let conditions = (self[path: ["status", "conditions"]]?.array ?? []).filter { $0["status"]?.string == "False" }
        return (containers + conditions).compactMap { entry in
            guard let text = entry["message"]?.string ?? entry["reason"]?.string else { return nil }
            return "\(name): \(text)"
        }
    }
}
