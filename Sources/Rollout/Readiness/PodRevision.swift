package import Kubernetes

/// Which pods show what the caller applied, where the cluster's own labels can't tell.
///
/// A controller whose running pods outlive a template change (a ReplicaSet, `OnDelete`) has pods of several kinds.
package struct PodRevision: Hashable, Sendable, Codable {
    /// An annotation or a label of the pods.
    package var name: String
    package var value: String
    /// Whether the wait ends only when all wanted pods are of this revision.
    package var isRequired: Bool

    package init(name: String, value: String, isRequired: Bool = false) {
        self.name = name
        self.value = value
        self.isRequired = isRequired
    }

    package func matches(_ pod: KubernetesObject) -> Bool {
        pod.annotations[name] == value || pod.labels[name] == value
    }
}
