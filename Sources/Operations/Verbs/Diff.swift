internal import Cluster
package import HySDS
internal import Kubernetes
internal import Release
internal import Rollout

/// What `update` would change, without changing anything: files, rendered configuration, objects, and which pods would
/// be replaced and why.
package struct Diff: Sendable {
    private let components: [Component]
    /// Images that the update would build before.
    private let pending: [String: ImageRecord]

    package init(_ components: [Component], after pending: [String: ImageRecord] = [:]) {
        self.components = components
        self.pending = pending
    }

    package func callAsFunction(_ session: Session) async throws -> DifferenceReport {
        let builder = try await Update(components, after: pending).build(session)
        let comparison = Comparison(builder, revisions: try await Revisions.load(session))
        return try await comparison.report()
    }
}

/// A plan of `update` beside what the cluster holds.
private struct Comparison {
    private let builder: PlanBuilder
    private let revisions: Revisions
    private let stored: StoredTrees
    private let rendered: RenderedDifference
    private let secretTexts: [String]

    init(_ builder: PlanBuilder, revisions: Revisions) {
        self.builder = builder
        self.revisions = revisions
        stored = StoredTrees(builder.session)
        rendered = RenderedDifference(builder.session.site)
        secretTexts = builder.session.site.configuration.secretTexts.sorted { $0.count > $1.count }
    }

    private var prepared: [Prepared] {
        builder.session.site.topology.workloads.compactMap { builder.preparation?.prepared[$0.name] }
    }

    func report() async throws -> DifferenceReport {
        var report = DifferenceReport(isDifferent: builder.plan.steps.contains { Comparison.isDifference($0.action) })
        report.notes = builder.plan.notes
        var code: [String: DifferenceReport.Code] = [:]
        var reasons: [String: [String]] = [:]
        for prepared in prepared where isTouched(prepared) {
            let name = prepared.workload.name
            let trees = try await trees(of: prepared, notes: &report.notes)
            for difference in trees where difference.tree != "config" {
                let key = "\(difference.tree) \(difference.old ?? "") \(difference.new ?? "")"
                code[key, default: difference].workloads.append(name)
                reasons[name, default: []].append("code of \(difference.tree)")
            }
            var files = trees.filter { $0.tree == "config" }.flatMap(\.files)
            files += try await secretFiles(of: prepared)
            if !files.isEmpty {
                report.configuration.append(.init(workload: name, files: files))
                reasons[name, default: []].append("configuration \(files.map(\.path).joined(separator: ", "))")
            }
        }
        report.code = code.values.sorted { ($0.tree, $0.old ?? "") < ($1.tree, $1.old ?? "") }
        report.objects = objects()
        report.pods = pods(reasons, report.objects)
        return report
    }

    /// Waiting and starting isn't a difference.
    private static func isDifference(_ action: Action) -> Bool {
        switch action {
        case .waitReady, .waitComplete, .waitGone, .scale, .drain: false
        default: true
        }
    }

    /// Whether the plan applies the workload's object or its files.
    private func isTouched(_ prepared: Prepared) -> Bool {
        let keys = Set([prepared.object?.key].compactMap(\.self) + prepared.content.map(\.key))
        return builder.plan.steps.contains { step in
            switch step.action {
            case .apply(let object), .createStopped(let object), .create(let object), .run(let object):
                keys.contains(object.key)
            default: false
            }
        }
    }

    // MARK: - Files

    private func trees(of prepared: Prepared, notes: inout [String]) async throws -> [DifferenceReport.Code] {
        guard let release = prepared.content.first(where: { $0.labels[RecordNames.kindLabel] == "release" }) else {
            return []
        }
        let new = try StoredTrees.facts(in: release)
        var old: [TreeFacts] = []
        let wanted = builder.state.records.wanted[prepared.workload.name]
        if let recorded = wanted?.release {
            do {
                old = try await stored.facts(ofRelease: recorded, in: wanted?.namespace)
            } catch let error as ClusterError where error.kind == .notFound {
                notes.append("\(prepared.workload.name): the release in the cluster is gone, files are not compared")
                return []
            }
        }
        var differences: [DifferenceReport.Code] = []
        for name in Set((old + new).map(\.name)).sorted() {
            let before = old.first { $0.name == name }
            let after = new.first { $0.name == name }
            guard before?.digest != after?.digest else { continue }
            let left = try await before.asyncMap { try await stored.tree($0, in: wanted?.namespace) }
            let right = try after.map { try StoredTrees.tree($0, in: prepared.content) }
            differences.append(
                DifferenceReport.Code(
                    tree: name, workloads: [], old: before.map { String($0.digest.hex.prefix(12)) },
                    new: after.map { String($0.digest.hex.prefix(12)) },
                    files: TreeDifference(from: left, to: right).files.map(DifferenceReport.File.init)))
        }
        return differences
    }

    private func secretFiles(of prepared: Prepared) async throws -> [DifferenceReport.File] {
        let desired = prepared.content.first { $0.kind == "Secret" }
        guard let desired, builder.inventory?.contains(desired) != true else { return [] }
        let session = builder.session
        let live = try await session.client.find(.secret, namespace: desired.namespace, name: desired.name)
        return rendered.secret(of: prepared.workload, from: live, to: desired, pods: prepared.object)
    }

    // MARK: - Objects and pods

    private func objects() -> [DifferenceReport.Object] {
        builder.plan.steps.compactMap { step in
            switch step.action {
            case .apply(let object) where object.kind != "Secret":
                let live = builder.state.view[object.key] ?? builder.inventory?.companion(object.key)
                guard let live else { return .init(object: "\(object.key)", change: "created") }
                let former = builder.state.records.wanted[object.name].flatMap {
                    revisions.revision(of: object.name, $0.sequence)?.object
                }
                let fields = FieldChange.between(live, and: object, former: former).map(masked)
                return fields.isEmpty ? nil : .init(object: "\(object.key)", change: "changed", fields: fields)
            case .createStopped(let object), .run(let object): return .init(object: "\(object.key)", change: "created")
            case .delete(let key, _): return .init(object: "\(key)", change: "removed")
            case .renewCertificate(let workload, _, _):
                return .init(object: "certificate of \(workload)", change: "renewed")
            case .spreadTrust: return .init(object: "configmap/sds-trust", change: "changed")
            default: return nil
            }
        }.sorted { $0.object < $1.object }
    }

    private func masked(_ change: FieldChange) -> FieldChange {
        var change = change
        for secret in secretTexts {
            change.old = change.old?.replacing(secret, with: "********")
            change.new = change.new?.replacing(secret, with: "********")
        }
        return change
    }

    private func pods(
        _ reasons: [String: [String]], _ objects: [DifferenceReport.Object]
    ) -> [DifferenceReport.Pods] {
        prepared.compactMap { prepared in
            guard let object = prepared.object else { return nil }
            let name = prepared.workload.name
            let effect: String
            switch builder.plan.steps.first(where: { $0.action.target == object.key })?.action {
            case .createStopped: effect = "new: 'sds start' starts it"
            case .run: effect = "runs once"
            case .apply where builder.state.replicas(of: prepared.workload) == 0:
                effect = "stopped: takes it at the next start"
            case .apply: effect = Comparison.effect(on: object)
            default: return nil
            }
            var why = reasons[name] ?? []
            let fields = objects.first { $0.object == "\(object.key)" }?.fields ?? []
            why += fields.filter { !$0.path.contains("sds-secrets") }.map(\.path)
            return .init(
                workload: name, count: builder.state.pods(of: prepared.workload).count { !$0.isBeingDeleted },
                effect: effect, reasons: why)
        }
    }

    private static func effect(on object: KubernetesObject) -> String {
        switch object.kind {
        case "ReplicaSet": "replaced: each finishes its job while its successor works"
        case "Deployment" where object[path: ["spec", "strategy", "type"]]?.string == "Recreate":
            "stopped, then started anew"
        default: "replaced one after the other"
        }
    }
}

extension Action {
    /// The object that the step writes as a whole.
    fileprivate var target: ObjectKey? {
        switch self {
        case .apply(let object), .createStopped(let object), .run(let object): object.key
        default: nil
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ change: (Wrapped) async throws -> Result) async rethrows -> Result? {
        guard let value = self else { return nil }
        return try await change(value)
    }
}
