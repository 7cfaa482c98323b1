internal import Cluster
package import HySDS
internal import Kubernetes

/// What runs, what should, and why they differ: asked from the cluster and from inside the stores' own pods.
package struct Status: Sendable {
    package let components: [Component]

    package init(_ components: [Component]) {
        self.components = components
    }

    package func callAsFunction(_ session: Session) async throws -> StatusReport {
        let state = try await ClusterState.observe(session)
        async let asked = StoreProbe.ask(
            session.workloads(of: components) { $0.isStore }, session: session, state: state)
        async let certificates = CertificateSurvey.take(session)
        let busy = await Takeover(session).finishing(of: session.workloads(of: components) { $0.isRunning }, state)
        let probes = await asked
        let sections = components.map { component in
            StatusReport.Section(
                component: component.rawValue,
                stores: lines(of: session.workloads(of: [component]) { $0.isStore }, state, probes, busy),
                programs: lines(of: session.workloads(of: [component]) { $0.isRunning }, state, probes, busy))
        }
        let names = Set(session.workloads(of: components) { _ in true }.map(\.name))
        return StatusReport(
            venue: session.site.configuration.venue, namespace: session.namespace,
            marker: state.records.marker?.venue, sections: sections,
            queues: probes.values.flatMap(\.queues).sorted { $0.name < $1.name },
            omitted: components.count > 1 ? session.site.topology.omitted : [:],
            interrupted: state.records.paused.keys.filter { names.contains($0) }.sorted(),
            certificates: await certificates)
    }

    private func lines(
        of workloads: [Workload], _ state: ClusterState, _ probes: [String: StoreProbe], _ busy: Set<String>
    ) -> [StatusReport.Line] {
        workloads.flatMap { workload in
            workload.programs.map {
                StatusReport.Line(
                    program: $0, workload: workload, state: state, probe: probes[workload.name], finishingFirst: busy)
            }
        }
    }
}
