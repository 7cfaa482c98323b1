package import HySDS
package import Kubernetes

/// What would be applied, as objects that kubectl takes: no cluster is needed, nothing is changed.
package struct Render: Sendable {
    package let components: [Component]

    package init(_ components: [Component]) {
        self.components = components
    }

    package func callAsFunction(_ session: Session) async throws -> [KubernetesObject] {
        let workloads = session.workloads(of: components) { $0.role != .reset }
        let preparation = try await Preparation.prepare(workloads, for: session, seeing: Records([]))
        let inOrder = session.site.topology.startWaves(workloads).flatMap { $0 }.compactMap {
            preparation.prepared[$0.name]
        }
        var seen: Set<ObjectKey> = []
        let content = inOrder.flatMap(\.content).filter { seen.insert($0.key).inserted }
        return preparation.shared + content + inOrder.flatMap { [$0.object].compactMap(\.self) + $0.companions }
    }
}
