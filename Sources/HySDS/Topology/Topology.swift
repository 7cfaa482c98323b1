package import Kubernetes

/// What HySDS consists of here: the workloads of `k8s/` as the configuration wants them, and the order among them.
package struct Topology: Sendable {
    /// In the order of `k8s/`; workers of `QUEUES` where their template stands. Without disabled and shared ones.
    package let workloads: [Workload]
    /// Objects that belong to no workload: network policies, service accounts, the ingress.
    package let shared: [KubernetesObject]
    /// What `k8s/` declares and the configuration takes out, with the reason.
    package let omitted: [String: String]
    private let depths: [String: Int]

    init(workloads: [Workload], shared: [KubernetesObject], omitted: [String: String]) {
        self.workloads = workloads
        self.shared = shared
        self.omitted = omitted
        depths = StartOrder.depths(of: workloads)
    }

    /// The names of the checkout's trees that any workload takes.
    package var treeNames: Set<String> {
        Set(workloads.flatMap { $0.trees + $0.moreTrees })
    }

    package subscript(name: String) -> Workload? {
        workloads.first { $0.name == name }
    }

    package func workloads(of component: Component) -> [Workload] {
        workloads.filter { $0.component == component }
    }

    package func workloads(of selection: Selection) -> [Workload] {
        selection.components.flatMap(workloads(of:))
    }

    /// The given workloads and everything they start after, whichever component owns it; in this topology's order.
    package func required(by wanted: [Workload]) -> [Workload] {
        var names: Set<String> = []
        var open = wanted.map(\.name)
        while let name = open.popLast() {
            guard names.insert(name).inserted, let workload = self[name] else { continue }
            open += workload.startAfter
        }
        return workloads.filter { names.contains($0.name) }
    }

    /// Everything that starts after the given workload, directly or not.
    package func needing(_ name: String) -> [Workload] {
        workloads.filter { $0.name != name && required(by: [$0]).contains { $0.name == name } }
    }

    /// The given workloads in groups, each of which may start when the groups before it are up.
    package func startWaves(_ some: [Workload]) -> [[Workload]] {
        Dictionary(grouping: some) { depths[$0.name] ?? 0 }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The reverse of `startWaves`.
    package func stopWaves(_ some: [Workload]) -> [[Workload]] {
        startWaves(some).reversed()
    }

    /// Whether anything lives in the second namespace.
    package var usesJobsNamespace: Bool { workloads.contains { $0.engine != .none } }

    /// What works and gives something away.
    package var warnings: [HySDSError] {
        workers.filter { $0.engine == .socket }.map { worker in
            HySDSError(
                .configuration, worker.name,
                "engine: socket lets every job of \(worker.queue ?? worker.name) become root on its node and read the "
                    + "secrets of all pods there",
                hint: "'engine: sidecar' keeps a job in its pod")
        }
    }

    package var stores: [Workload] { workloads.filter { $0.role == .store } }
    package var workers: [Workload] { workloads.filter { $0.role == .worker } }

    /// The Jobs that prepare a component's stores.
    package func setUps(of component: Component) -> [Workload] {
        workloads(of: component).filter { $0.role == .setup }
    }

    /// The Jobs that clear a component's stores.
    package func resets(of component: Component) -> [Workload] {
        workloads(of: component).filter { $0.role == .reset }
    }

    /// Every queue that somebody consumes, sorted.
    package var queues: [String] {
        Set(workloads.compactMap(\.queue)).sorted()
    }

    /// What `status` shows for a component, a line each.
    package func programs(of component: Component) -> [Program] {
        workloads(of: component).filter(\.role.isLasting).flatMap { workload in
            workload.programs.map { Program(name: $0, workload: workload.name, role: workload.role) }
        }
    }
}
