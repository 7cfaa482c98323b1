/// What an operator changes about one workload, or about the workers of one queue; nil leaves `k8s/`'s value.
package struct WorkloadSettings: Hashable, Sendable {
    /// How a job gets at a container engine.
    package enum Engine: String, Hashable, Sendable, CaseIterable {
        /// Jobs run in the worker's own container.
        case none
        /// An engine beside the worker.
        case sidecar
        /// The node's own engine: each job can become root there.
        case socket
    }

    package var isEnabled: Bool?
    package var replicas: Int?
    package var requests: [String: String] = [:]
    package var limits: [String: String] = [:]
    package var nodeSelector: [String: String] = [:]
    /// Kubernetes' own form.
    package var tolerations: [ConfigurationValue] = []
    /// `nvidia.com/gpu` of each pod.
    package var gpus: Int?
    /// Celery processes in one pod.
    package var processes: Int?
    package var priorityClass: String?
    package var environment: [String: String] = [:]
    package var annotations: [String: String] = [:]
    /// The image of this workload alone.
    package var image: String?
    /// The queue that a worker consumes, when it isn't the one that `k8s/` names.
    package var queue: String?
    package var engine: Engine?
    /// Where the node's engine listens: an absolute path, the same in the worker.
    package var engineSocket: String?
    /// The group that may write to that socket.
    package var engineGroup: Int?
    package var engineEnvironment: [String: String] = [:]
    /// Of the engine beside the worker, in which the jobs run.
    package var engineRequests: [String: String] = [:]
    package var engineLimits: [String: String] = [:]
    package var longestJobSeconds: Int?
    package var drainSeconds: Int?
    /// The size of `/data/work`.
    package var workSize: String?
    /// The size of a store's volume.
    package var storageSize: String?
    /// For a scaler: between how many and how many pods.
    package var minimumReplicas: Int?
    package var maximumReplicas: Int?

    package init() {}
}
