internal import Cluster
package import HySDS
internal import Kubernetes
internal import Release

/// Brings the workers' code and configuration into their running pods without ending a job, and into the template for
/// later pods.
package struct Ship: Sendable {
    private let components: [Component]
    /// Waits until every pod runs it, however long its job takes.
    private let waits: Bool
    /// For workers outside the cluster, when `kubernetes.outside` says how they reach it; nil for none.
    private let bundles: BundleOptions?

    package init(
        _ components: [Component] = Component.allCases, waits: Bool = false, bundles: BundleOptions? = nil
    ) {
        self.components = components
        self.waits = waits
        self.bundles = bundles
    }

    /// - Parameter each: called with every pod as soon as its outcome is known.
    /// - Throws: `OperationError`; pods that fail are in the report, and the others got the release.
    package func callAsFunction(
        _ session: Session, each: @escaping @Sendable (ShipReport.Pod) -> Void
    ) async throws -> ShipReport {
        let first = try await draft(session)
        for note in first.plan.notes { session.emit(.note(note)) }
        var report = ShipReport(isDryRun: session.options.isDryRun, plan: first.plan)
        report.sequences = first.parcels.mapValues(\.sequence)
        let packed = try await packedBundles(session)
        report.bundlePlaces = packed.map { BundleDelivery.places(of: $0.fileName, session) }
        guard !session.options.isDryRun else { return report }
        if !first.parcels.isEmpty, !first.plan.isEmpty || first.hasPods {
            try await bring(into: &report, session, each: each)
        }
        if !packed.isEmpty {
            report.bundles = try await BundleDelivery(session: session, isEncrypted: bundles?.isEncrypted ?? false)(
                packed)
        }
        return report
    }

    private func packedBundles(_ session: Session) async throws -> [Bundle] {
        guard bundles != nil else { return [] }
        let configuration = session.site.configuration
        guard configuration.kubernetes.hasOutside else {
            if configuration.text("CODE_BUCKET") != nil || bundles?.isEncrypted == true {
                session.emit(
                    .note(
                        "no bundles for workers outside the cluster: kubernetes.outside doesn't say how they reach it"))
            }
            return []
        }
        let secrets = try await GeneratedSecrets.load(session)
        let complete = configuration.adding(secrets: secrets.values)
            .adding(credentials: try await ExternalCredentials.load(session))
        return try await BundlePacking(session, configuration: complete).bundles()
    }

    private func bring(
        into report: inout ShipReport, _ session: Session, each: @escaping @Sendable (ShipReport.Pod) -> Void
    ) async throws {
        let (done, pods) = try await LeaseLock(session).whileHeld(wait: session.options.lockWait, emit: session.emit) {
            let draft = try await draft(session)
            do {
                try await Executor(session).execute(draft.plan)
                let pods = try await Delivery(session: session, parcels: draft.parcels, report: each)()
                await Retention.collect(session)
                return (draft, pods)
            } catch {
                await Announcement(session).failed(error)
                throw error
            }
        }
        try Task.checkCancellation()
        await Announcement(session).done(done.plan)
        report.plan = done.plan
        report.sequences = done.parcels.mapValues(\.sequence)
        report.pods = pods.sorted { ($0.workload, $0.pod) < ($1.workload, $1.pod) }
        if waits { try await Takeover(session).wait(for: report.pods, done.parcels) }
    }

    /// What is to be done before the pods are written to, and what they get.
    struct Draft: Sendable {
        var plan: Plan
        var parcels: [String: Parcel]
        var hasPods: Bool
    }

    func draft(_ session: Session) async throws -> Draft {
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        let workers = session.workloads(of: components) { $0.role == .worker && $0.hasRelease }
        let present = workers.filter { state.object(of: $0) != nil && state.records.wanted[$0.name] != nil }
        let preparation = try await Preparation.prepare(present, for: session, seeing: state.records)
        let inventory = try await Inventory.take(session, companions: [])
        try await refuseOtherChanges(preparation, state, session)

        var builder = PlanBuilder(session: session, state: state, preparation: preparation, inventory: inventory)
        for worker in workers where !present.contains(where: { $0.name == worker.name }) {
            builder.note("\(worker.name) was never updated and gets nothing: 'sds update \(worker.component)' makes it")
        }
        let ground = builder.addGround(recording: Set(present.map(\.name)))
        var parcels: [String: Parcel] = [:]
        var chunks: [String: [UInt8]] = [:]
        for worker in present {
            guard let prepared = preparation.prepared[worker.name], let release = prepared.wanted.release else {
                continue
            }
            if hasNewSecrets(prepared, inventory) {
                builder.note(
                    "\(worker.name): secret files changed; running pods see them late or not at all, "
                        + "new pods have them ('sds update \(worker.component)' makes new ones)")
            }
            _ = builder.converge(prepared.withoutCompanions, ground: ground)
            let content = try await prepared.content + kept(besides: prepared.content, in: worker.namespace, session)
            parcels[worker.name] = try Parcel(
                workload: worker.name, release: release, sequence: prepared.wanted.sequence, content: content,
                chunks: &chunks)
        }
        let hasPods = present.contains { worker in state.pods(of: worker).contains(where: \.isLiving) }
        return Draft(plan: builder.plan, parcels: parcels, hasPods: hasPods)
    }

    /// An image or another part of the pods can't be shipped into one that runs.
    private func refuseOtherChanges(
        _ preparation: Preparation, _ state: ClusterState, _ session: Session
    ) async throws {
        var causes: [String] = []
        var names: Set<String> = []
        for (name, prepared) in preparation.prepared.sorted(by: { $0.key < $1.key }) {
            guard let wanted = prepared.object, let live = state.object(of: prepared.workload) else { continue }
            var paths: [String] = []
            if let recorded = state.records.wanted[name], let kept = try await kept(name, recorded.sequence, session) {
                paths = TemplateComparison.differences(from: kept.object, to: wanted)
            }
            if paths.isEmpty, !live.fixedPartsCover(wanted) { paths = ["what the cluster holds"] }
            guard !paths.isEmpty else { continue }
            names.insert(prepared.workload.component.rawValue)
            causes.append("\(name): \(paths.joined(separator: ", "))")
        }
        guard !causes.isEmpty else { return }
        let updates = names.sorted().map { "'sds update \($0)'" }.joined(separator: " and ")
        throw OperationError(
            .usage, "more than the release changed, which can't be brought into running pods", causes: causes,
            hint: "\(updates) makes new pods; the old ones finish their jobs. Nothing was changed")
    }

    /// What was recorded under that number; nil when an update was killed before it kept it.
    private func kept(_ workload: String, _ sequence: Int, _ session: Session) async throws -> Revision? {
        let name = Revision.name(workload: workload, sequence: sequence)
        let record = try await session.client.find(.configMap, namespace: session.namespace, name: name)
        return try record.map { try Revision(workload: workload, record: $0) }
    }

    /// With `-c` the code is what the cluster holds: its pieces.
    private func kept(
        besides content: [KubernetesObject], in namespace: String, _ session: Session
    ) async throws -> [KubernetesObject] {
        guard session.options.isConfigurationOnly else { return [] }
        let release = content.first { $0.labels[RecordNames.kindLabel] == "release" }
        let json = release?[path: ["data", "release.json"]]?.string ?? ""
        let names = Set(try ReleaseManifest.trees(ofJSON: Array(json.utf8)).flatMap(\.objectNames))
        var objects: [KubernetesObject] = []
        for name in names.subtracting(content.map(\.name)).sorted() {
            let request = APIRequest.get(.configMap, namespace: namespace, name: name)
            objects.append(try await session.client.send(request).object)
        }
        return objects
    }

    private func hasNewSecrets(_ prepared: Prepared, _ inventory: Inventory) -> Bool {
        prepared.content.contains { object in
            object.kind == "Secret" && inventory.generation(of: object.key) != nil && !inventory.contains(object)
        }
    }
}

extension Prepared {
    /// Services and the like are `update`'s.
    fileprivate var withoutCompanions: Prepared {
        Prepared(
            workload: workload, object: object, companions: [], content: content, wanted: wanted, isChanged: isChanged)
    }
}

extension KubernetesObject {
    /// Whether the live object's pods are described as wanted, but for the release.
    fileprivate func fixedPartsCover(_ wanted: KubernetesObject) -> Bool {
        TemplateComparison.fixedParts(of: self).covers(TemplateComparison.fixedParts(of: wanted))
    }
}
