import Kubernetes

extension ClusterAccess {
    /// Where and as whom to speak to a cluster, as kubectl would find it; in a pod without a kubeconfig the pod's own cluster.
    /// - Parameters:
    ///   - file: The one kubeconfig to use; nil for those of the environment.
    ///   - context: Nil for the current one.
    ///   - namespace: Nil for the context's.
    /// - Throws: `ClusterError` of kind `configuration`, naming file and key.
    package static func load(
        file: String? = nil, context: String? = nil, namespace: String? = nil, from source: KubeconfigSource
    ) throws(ClusterError) -> ClusterAccess {
        let config = try Kubeconfig.load(file: file, from: source)
        if file == nil, context == nil, config.isEmpty, let inCluster = InCluster(source) {
            return try inCluster.access(namespace: namespace)
        }
        return try config.access(context: context, namespace: namespace)
    }
}
