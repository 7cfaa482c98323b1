/// The section `kubernetes:` of `~/.sds/config`: where HySDS runs and how it differs from what `k8s/` says.
package struct KubernetesSettings: Hashable, Sendable {
    /// The kubeconfig's context; nil for its current one.
    package var context: String?
    /// A path; nil for `KUBECONFIG` and the usual place.
    package var kubeconfig: String?
    package var namespace = "hysds"
    package var profile = Profile.production
    /// From the image name that `k8s/` uses, with or without tag, to what runs.
    package var images: [String: String] = [:]
    package var imagePullPolicy: ImagePullPolicy?
    package var imagePullSecrets: [String] = []
    package var storage = StorageSettings()
    package var ingress = IngressSettings()
    package var front = FrontSettings()
    package var outside = OutsideAddresses()
    package var networkPolicies = false
    package var keda = false
    package var tls = TLSSettings()
    package var workloads: [String: WorkloadSettings] = [:]
    package var queues: [String: WorkloadSettings] = [:]
    /// Stores that run elsewhere, by workload.
    package var external: [String: ExternalStore] = [:]
    /// Stores that another store stands in for: `grq-es: mozart-es`.
    package var shared: [String: String] = [:]

    /// The profile's, below `workloads`; it may name what this installation hasn't got.
    package var profileWorkloads: [String: WorkloadSettings] = [:]
    /// What the operator's supervisord files say, below `workloads` and `queues`.
    package var overrides: [String: WorkloadSettings] = [:]
    package var queueOverrides: [String: WorkloadSettings] = [:]
    /// For the workers of every queue, where `queues` says nothing.
    package var everyQueue = WorkloadSettings()

    package init() {}

    /// HySDS 6's line: TLS between the services.
    package var usesTLS: Bool { tls.isEnabled }

    /// Where the workers with a container engine live: a namespace of a weaker security level.
    package var jobsNamespace: String { namespace + Self.jobsSuffix }
    /// What the second namespace's name ends in.
    package static let jobsSuffix = "-jobs"
}

/// How much of a cluster there is.
package enum Profile: String, Hashable, Sendable, CaseIterable, Codable {
    case production
    /// Small requests and one replica of everything: a workstation, a test.
    case singleNode = "single-node"
}

/// When a node asks the registry for an image.
package enum ImagePullPolicy: String, Hashable, Sendable, CaseIterable, Codable {
    case always = "Always"
    case ifNotPresent = "IfNotPresent"
    case never = "Never"
}

/// Where the stores keep their data.
package struct StorageSettings: Hashable, Sendable {
    /// The StorageClass; nil for the cluster's default.
    package var storageClass: String?
    /// By workload: `mozart-es: 200Gi`.
    package var sizes: [String: String] = [:]

    package init() {}
}
