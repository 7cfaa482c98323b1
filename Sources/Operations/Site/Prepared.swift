package import HySDS
package import Kubernetes

/// A workload as configuration and checkout say that it should be, ready to be applied.
package struct Prepared: Sendable, Equatable {
    package let workload: Workload
    /// The Deployment, StatefulSet, ReplicaSet or Job, without a replica count; nil for a store that others run.
    package let object: KubernetesObject?
    /// Services, disruption budgets and what else goes with it.
    package let companions: [KubernetesObject]
    /// Immutable objects that must exist before a pod is made from `object`: chunks, release, secret files.
    package let content: [KubernetesObject]
    package let wanted: WantedRelease
    /// Whether `wanted` differs from what is recorded in the cluster.
    package let isChanged: Bool
}
