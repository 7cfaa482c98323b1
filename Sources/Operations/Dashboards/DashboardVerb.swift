internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// What `kibana` does to the dashboards.
package struct DashboardVerb: Sendable {
    package enum Act: String, Sendable, Codable, CaseIterable {
        case `import`, export, delete
    }

    private let act: Act
    private let files: [String]
    private let outfile: String

    /// - Parameters:
    ///   - files: what import and delete act on instead of sdscli's three.
    ///   - outfile: where export writes.
    package init(_ act: Act, files: [String], outfile: String) {
        (self.act, self.files, self.outfile) = (act, files, outfile)
    }

    package func callAsFunction(_ session: Session) async throws -> DashboardReport {
        let engine = DashboardsEngine(session.site.configuration)
        let objects = act == .export ? [] : try DashboardSource.objects(files, engine, session.site)
        let state = try await ClusterState.observe(session)
        try requireRunning(session, state, engine)
        return try await session.withAccess { access in
            var dashboards = Dashboards(access, engine)
            try await dashboards.waitUntilReady(session.options.timeout, emit: session.emit)
            var report = DashboardReport(act: act, engine: engine, isDryRun: session.options.isDryRun)
            switch act {
            case .export: try await export(dashboards, &report)
            case .import: try await `import`(objects, dashboards, session, state, &report)
            case .delete: try await delete(objects, dashboards, session, state, &report)
            }
            return report
        }
    }

    /// Says at once what waiting would end with.
    private func requireRunning(_ session: Session, _ state: ClusterState, _ engine: DashboardsEngine) throws {
        let name = DashboardsEngine.workload
        guard let workload = session.site.topology[name] else {
            throw OperationError(
                .unhealthy,
                "no \(engine.rawValue) runs here: \(session.site.topology.omitted[name] ?? "it is no part of k8s/")",
                hint: "switch it on with kubernetes.workloads.\(name).enabled in \(session.site.configurationFile)")
        }
        guard state.replicas(of: workload) > 0 else {
            throw OperationError(
                .unhealthy, "no \(engine.rawValue) runs: \(name) is stopped",
                hint: "'sds start \(workload.component.rawValue)' starts it")
        }
    }

    private func export(_ dashboards: Dashboards, _ report: inout DashboardReport) async throws {
        let draft = try DraftFile(outfile)
        var lines = 0
        var last: UInt8 = UInt8(ascii: "\n")
        try await dashboards.export { piece in
            lines += piece.count { $0 == UInt8(ascii: "\n") }
            last = piece.last ?? last
            try draft.write(piece)
        }
        if last != UInt8(ascii: "\n") {
            lines += 1
            try draft.write([UInt8(ascii: "\n")])
        }
        try draft.finish()
        report.file = outfile
        report.exported = lines
    }

    private func `import`(
        _ objects: [SavedObject], _ dashboards: Dashboards, _ session: Session, _ state: ClusterState,
        _ report: inout DashboardReport
    ) async throws {
        try session.check(state.records)
        // Patterns first: what refers to them finds them. A file's own replaces HySDS's.
        let own = Set(objects.map(\.key))
        let all = SavedObject.patterns.filter { !own.contains($0.key) } + objects
        let saved = try await dashboards.objects(all.map(\.key))
        let missing = all.filter { object in saved[object.key].map { !object.isCovered(by: $0) } ?? true }
        report.unchanged = all.count - missing.count
        report.imported = missing.count
        let setsDefault = try await dashboards.defaultPattern != SavedObject.defaultPattern
        report.setsDefault = setsDefault
        guard !session.options.isDryRun, !missing.isEmpty || setsDefault else { return }
        try await dashboards.save(missing)
        if setsDefault { try await dashboards.setDefaultPattern(SavedObject.defaultPattern) }
        let found = try await dashboards.objects(missing.map(\.key))
        let lost = missing.filter { found[$0.key] == nil }.map(\.key.description)
        guard lost.isEmpty, try await dashboards.defaultPattern == SavedObject.defaultPattern else {
            throw OperationError(
                .failed, "\(dashboards.engine.rawValue) doesn't have what it said it saved",
                causes: lost.isEmpty ? ["the default index pattern"] : lost)
        }
        await Announcement(session).done("\(report.imported) saved objects imported")
    }

    private func delete(
        _ objects: [SavedObject], _ dashboards: Dashboards, _ session: Session, _ state: ClusterState,
        _ report: inout DashboardReport
    ) async throws {
        try session.check(state.records)
        let own = Set(objects.map(\.key))
        // In reverse: what refers to others goes before them.
        let keys = (SavedObject.patterns.filter { !own.contains($0.key) } + objects).map(\.key).reversed()
        let saved = try await dashboards.objects(Array(keys))
        let present = keys.filter { saved[$0] != nil }
        report.deleted = present.count
        let pattern = try await dashboards.defaultPattern
        let unsetsDefault = present.contains { $0.type == "index-pattern" && $0.id == pattern }
        guard !session.options.isDryRun, !present.isEmpty else { return }
        if unsetsDefault { try await dashboards.setDefaultPattern(nil) }
        for key in present { _ = try await dashboards.delete(key) }
        let left = try await dashboards.objects(present)
        guard left.isEmpty else {
            throw OperationError(
                .failed, "\(left.count) objects are still there", causes: left.keys.map(\.description).sorted())
        }
        await Announcement(session).done("\(present.count) saved objects deleted")
    }
}
