internal import Cluster
package import HySDS
package import Kubernetes

/// What would be applied, as objects that kubectl takes, in the API versions that the cluster has; nothing is changed.
package struct Render: Sendable {
    package let components: [Component]

    package init(_ components: [Component]) {
        self.components = components
    }

    package func callAsFunction(_ session: Session) async throws -> [KubernetesObject] {
        let chosen = session.workloads(of: components) { !$0.isOnDemand }
        let preparation = try await Preparation.prepare(chosen, for: session, seeing: try await session.imageRecords())
        let inOrder = session.site.topology.startWaves(chosen).flatMap { $0 }.compactMap {
            preparation.prepared[$0.name]
        }
        var seen: Set<ObjectKey> = []
        // Records of revisions are sds's own and tell nothing to kubectl; a number that is taken already can't be changed.
        let content = inOrder.flatMap(\.content).filter {
            $0.labels[RecordNames.kindLabel] != "revision" && seen.insert($0.key).inserted
        }
        let workloads = inOrder.flatMap { [$0.object].compactMap(\.self) + $0.companions }
        let lowering = Lowering(discovery: try await session.client.discovery(), minor: nil)
        return try (preparation.shared + content + workloads).map { object in
            let lowered = try lowering.lower(object)
            for note in lowered.notes { session.emit(.note("\(object.key): \(note)")) }
            return lowered.object
        }
    }
}
