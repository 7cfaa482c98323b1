internal import Cluster
internal import FoundationEssentials
package import HySDS
package import Kubernetes
internal import Release

/// Turns workloads of the topology into what is to be applied: code read and packed, files rendered, objects made.
package struct Preparation: Sendable {
    package let prepared: [String: Prepared]
    /// Secrets that the configuration leaves open, made now; nil when the cluster has them all.
    package let generatedSecrets: KubernetesObject?
    /// Objects of no workload: ingress, network policies.
    package let shared: [KubernetesObject]
    /// What the operator should know.
    package let notes: [String]

    /// - Parameter pending: images that will be built before, by their names in `k8s/`: what they will hold.
    package static func prepare(
        _ workloads: [Workload], for session: Session, seeing records: Records,
        expecting pending: [String: ImageRecord] = [:]
    ) async throws -> Preparation {
        try HySDSErrors.check(session.site.refusals)
        let secrets = try await GeneratedSecrets.load(session)
        try secrets.refuseLoss(besides: records, session)
        let configuration = session.site.configuration.adding(secrets: secrets.values)
            .adding(credentials: try await ExternalCredentials.load(session))
        let files = FileRendering(
            configuration: configuration, topology: session.site.topology, sources: session.site.sources,
            texts: session.site.texts, allowsUndefined: session.site.allowsUndefined)
        let rendering = Rendering(
            configuration: configuration, topology: session.site.topology,
            images: records.images.mapValues(\.reference))
        let baked = records.images.merging(pending) { _, new in new }.baked(for: workloads, as: rendering)
        let trees =
            session.options.isConfigurationOnly
            ? .none : try await CodeTrees.read(for: workloads, of: session.site, on: baked, StoredTrees(session))
        let time = Timestamp.second(Date())

        var prepared: [String: Prepared] = [:]
        for workload in workloads {
            let content = try await WorkloadContent.make(
                workload, files: try files.files(for: workload), trees: trees, on: baked[workload.name] ?? [:],
                key: secrets.digestKey, session: session, recorded: records.wanted[workload.name])
            let recorded = records.wanted[workload.name]
            func objects(_ sequence: Int) throws -> [KubernetesObject] {
                try rendering.objects(
                    for: workload, release: content.facts(sequence: sequence), secrets: content.secrets?.facts)
            }
            var sequence = recorded?.sequence ?? 1
            var made = try objects(sequence)
            guard workload.external == nil, let first = made.first else {
                prepared[workload.name] = Prepared(
                    workload: workload, object: nil, companions: made,
                    content: content.objects(namespace: workload.namespace),
                    wanted: WantedRelease(
                        sequence: 1, release: nil, spec: "", identity: session.identity, time: time, commits: [:]),
                    isChanged: false)
                continue
            }
            let spec = first.annotations[RecordNames.spec] ?? ""
            let isChanged = recorded?.spec != spec
            if isChanged && recorded != nil {
                sequence += 1
                made = try objects(sequence)
            }
            let object = made[0]
            let wanted = WantedRelease(
                sequence: sequence, release: content.release?.digest.hex, spec: spec,
                identity: session.identity, time: time,
                commits: trees.commits.filter { trees.names(of: workload).contains($0.key) },
                namespace: workload.namespace == session.namespace ? nil : workload.namespace)
            var stored = content.objects(namespace: workload.namespace)
            if workload.isRunning {
                // Also of what didn't change: an update that was killed may have recorded it without its revision.
                let kept = isChanged ? wanted : recorded ?? wanted
                stored.append(
                    Revision(workload: workload.name, wanted: kept, object: object).record(namespace: session.namespace)
                )
            }
            prepared[workload.name] = Prepared(
                workload: workload, object: object, companions: Array(made.dropFirst()), content: stored,
                wanted: wanted, isChanged: isChanged)
        }
        return Preparation(
            prepared: prepared, generatedSecrets: secrets.toCreate,
            shared: rendering.sharedObjects(), notes: trees.notes)
    }
}
