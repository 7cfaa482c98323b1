internal import Cluster
internal import HySDS
internal import Kubernetes

/// The containers that a name of the command line means.
struct CopyTargets: Sendable {
    struct Container: Sendable {
        var target: ExecTarget
        var workload: String?
        /// Of the container that runs: its files are gone with it. Nil while none runs.
        var id: String?
        /// Why nothing can be copied.
        var trouble: String?
    }

    let containers: [Container]

    /// All pods of a component's services and workers, of a workload or program, or the one pod of that name.
    ///
    /// - Throws: `OperationError`: usage for a name that means nothing or a container that no pod has; unhealthy when
    ///   nothing runs.
    static func find(_ name: String, container: String?, _ session: Session) async throws -> CopyTargets {
        let pods = try await pods(name, session)
        let containers = pods.map { pod in
            let own = container ?? pod.mainContainer
            let statuses = (pod[path: ["status", "containerStatuses"]]?.array ?? [])
            let status = statuses.first { $0["name"]?.string == own }
            var found = Container(
                target: ExecTarget(namespace: pod.namespace ?? session.namespace, pod: pod.name, container: own),
                workload: pod.labels[RecordNames.name])
            found.id = status?["containerID"]?.string ?? pod.uid
            // Servers say what runs; a pod without any word about its containers is asked.
            if !statuses.isEmpty, status?[path: ["state", "running"]] == nil {
                found.trouble = "its container \(own ?? "") doesn't run"
            }
            return found
        }
        if let container {
            let having = zip(containers, pods).filter { pair in
                (pair.1[path: ["spec", "containers"]]?.array ?? []).contains { $0["name"]?.string == container }
            }
            guard having.count == pods.count else {
                let names = Set(
                    pods.flatMap { ($0[path: ["spec", "containers"]]?.array ?? []).compactMap { $0["name"]?.string } })
                throw OperationError(
                    .usage, "not every pod of '\(name)' has a container '\(container)'",
                    hint: "containers: \(names.sorted().joined(separator: " "))")
            }
        }
        return CopyTargets(containers: containers.sorted { $0.target.pod < $1.target.pod })
    }

    private static func pods(_ name: String, _ session: Session) async throws -> [KubernetesObject] {
        let workloads: [Workload]
        do throws(OperationError) {
            workloads = try session.site.workloads(named: name)
        } catch {
            var found: KubernetesObject?
            for namespace in session.namespaces where found == nil {
                found = try await session.client.find(.pod, namespace: namespace, name: name)
            }
            guard let pod = found else {
                throw OperationError(
                    .usage, "no pod, workload, program or component is called '\(name)'", hint: error.hint)
            }
            guard pod.isLiving else { throw OperationError(.unhealthy, "the pod \(name) has ended or is about to") }
            return [pod]
        }
        // A component's services and workers hold its files; its stores are named explicitly.
        let running = workloads.filter(\.isRunning)
        let names = (running.isEmpty ? workloads : running).map(\.name)
        let pods = try await session.pods(of: running.isEmpty ? workloads : running).filter(\.isLiving)
        guard !pods.isEmpty else {
            throw OperationError(
                .unhealthy, "no pod of \(names.joined(separator: ", ")) runs",
                hint: "see 'sds status'; start it with 'sds start'")
        }
        return pods
    }
}
