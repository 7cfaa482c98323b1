internal import Cluster
internal import HySDS
internal import Kubernetes

extension Session {
    /// The pods of workloads, wherever they live.
    func pods(of workloads: [Workload]) async throws(ClusterError) -> [KubernetesObject] {
        let homes = Dictionary(grouping: workloads, by: \.namespace)
        return try await client.lists(
            homes.sorted { $0.key < $1.key }.map { namespace, workloads in
                ObjectSelection(
                    .pod, namespace: namespace,
                    labels: "\(RecordNames.everything),\(RecordNames.name) in "
                        + "(\(workloads.map(\.name).joined(separator: ",")))")
            }
        ).flatMap(\.items)
    }
}
