internal import HySDS
internal import Kubernetes

/// KEDA's ScaledObject of a worker: paused while the worker is stopped, so that it never works against `stop`.
struct Scaler: Equatable {
    static let type = ResourceType(
        group: "keda.sh", version: "v1alpha1", kind: "ScaledObject", plural: "scaledobjects", isNamespaced: true)
    /// KEDA's own: it holds the workload at this count.
    static let pause = "autoscaling.keda.sh/paused-replicas"

    let key: ObjectKey
    let isPaused: Bool

    init(_ object: KubernetesObject) {
        key = object.key
        isPaused = object.annotations[Scaler.pause] != nil
    }

    static func key(of workload: Workload) -> ObjectKey {
        ObjectKey(group: type.group, kind: type.kind, namespace: workload.namespace, name: workload.name)
    }
}
