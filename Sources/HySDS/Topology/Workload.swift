package import Kubernetes

/// One thing that runs: a Deployment, StatefulSet, ReplicaSet or Job of `k8s/` with what its annotations say.
package struct Workload: Hashable, Sendable, Identifiable {
    package var name: String
    package var component: Component
    package var role: Role
    /// sdscli's names for `status`; the workload's own where it has none.
    package var programs: [String]
    /// Workloads that must be up before it starts, set-up included.
    package var startAfter: [String]
    /// Code trees in the order of PYTHONPATH.
    package var trees: [String]
    /// Trees that come after `trees` when the checkout has them; `*` stands for the operator's other ones.
    package var moreTrees: [String]
    package var files: [FileDeclaration]
    package var reload: Reload
    /// The queue that a worker consumes.
    package var queue: String?
    /// How long `stop` lets a job run on.
    package var drainSeconds: Int
    package var longestJobSeconds: Int?
    package var store: StoreFacts?
    /// The file, as its pods know it, with the addresses and credentials of services that verbs ask.
    package var accessFile: String?
    package var engine: WorkloadSettings.Engine
    /// What it presents on the TLS line; nil for one that is no server.
    package var certificate: CertificateDeclaration? = nil
    /// Containers that belong to the engine, not to the worker.
    package var engineContainers: Set<String> = []
    /// Where it lives: workers with an engine in the second one.
    package var namespace = ""
    /// The object of `k8s/`; for a worker of `QUEUES` the template's, renamed.
    package var object: KubernetesObject
    /// What goes with it: Services, disruption budgets, scalers.
    package var companions: [KubernetesObject]
    /// A store that somebody else runs: no pods, only addresses.
    package var external: ExternalStore?
    package var settings: WorkloadSettings
    /// Where it is declared: `k8s/grq2.yaml:12`.
    package var place: String

    package var id: String { name }
    package var kind: String { object.kind }
    package var hasRelease: Bool { !trees.isEmpty }

    /// How many replicas `start` brings up when no count is remembered.
    package var declaredReplicas: Int {
        if external != nil { return 0 }
        return settings.replicas ?? object[path: ["spec", "replicas"]]?.integer ?? 1
    }
}
