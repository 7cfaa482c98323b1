internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// Brings the rules of a file into mozart's Elasticsearch. Doing it again changes nothing, also after it was cut short.
package struct RuleImport: Sendable {
    private let path: String
    private let replaces: Bool
    /// Rules of one bulk request.
    private static let batch = 200

    /// - Parameter replaces: the file's rules take the place of those that have their names.
    package init(_ path: String, replaces: Bool) {
        self.path = path
        self.replaces = replaces
    }

    package func callAsFunction(_ session: Session) async throws -> RuleImportReport {
        let asked = try wanted(session.emit)
        return try await session.withAccess { access in
            let store = SearchStore(access, "mozart-es")
            let plans = try await self.plans(asked, store)
            try refuseConflicts(plans)
            guard !session.options.isDryRun, plans.values.contains(where: { !$0.isEmpty }) else {
                return RuleImportReport(file: path, isDryRun: session.options.isDryRun, plans: plans)
            }
            try await session.checkNamespace()
            return try await Announcement(session).telling(\.summary) {
                try await write(plans, store, session.emit)
                try await verify(asked, store)
                return RuleImportReport(file: path, isDryRun: false, plans: plans)
            }
        }
    }

    /// Reads the file once to its end, so that nothing is written unless all of it is good.
    private func wanted(_ emit: EventSink) throws -> [RuleStore: [RulePlan.Wanted]] {
        var wanted: [RuleStore: [RulePlan.Wanted]] = [:]
        var file = try RuleFile(path)
        while let entry = try file.next() {
            wanted[entry.store, default: []].append(.init(name: entry.rule.name, identity: entry.rule.identity))
        }
        for key in file.strangers { emit(.warning("\(path): '\(key)' is passed over")) }
        return wanted
    }

    private func plans(
        _ wanted: [RuleStore: [RulePlan.Wanted]], _ store: SearchStore
    ) async throws -> [RuleStore: RulePlan] {
        var plans: [RuleStore: RulePlan] = [:]
        for kind in RuleStore.allCases {
            let present = try await RuleScan(store, kind).present()
            plans[kind] = RulePlan(wanted[kind] ?? [], present: present, replaces: replaces)
        }
        return plans
    }

    /// - Throws: `OperationError` (conflict) naming the rules that are taken.
    private func refuseConflicts(_ plans: [RuleStore: RulePlan]) throws {
        let conflicts = RuleStore.allCases.flatMap { kind in
            (plans[kind]?.conflicts ?? []).map { "\(kind.rawValue): '\($0)' exists with other content" }
        }
        guard !conflicts.isEmpty else { return }
        let more = conflicts.count > 10 ? ["and \(conflicts.count - 10) more"] : []
        throw OperationError(
            .conflict, "\(path): names of rules are taken; with two rules of a name both would fire",
            causes: conflicts.prefix(10) + more,
            hint: "nothing was written; --replace puts the file's in their places, 'sds rules export' saves them first")
    }

    /// Planning again must find nothing left to do. No lock is held: somebody else may have written meanwhile.
    private func verify(_ wanted: [RuleStore: [RulePlan.Wanted]], _ store: SearchStore) async throws {
        let left = try await plans(wanted, store)
        guard left.values.allSatisfy({ $0.isEmpty && $0.conflicts.isEmpty }) else {
            throw OperationError(
                .conflict, "rules aren't as they were written: somebody else writes them",
                hint: "run the command again: it goes on from here")
        }
    }

    /// Reads the file once more: only what is being sent is held in memory.
    private func write(
        _ plans: [RuleStore: RulePlan], _ store: SearchStore, _ emit: EventSink
    ) async throws {
        let now = String(Timestamp.micro(Date()))
        let writers = Dictionary(
            uniqueKeysWithValues: RuleStore.allCases.map { ($0, RuleWriter(store, $0, now: now)) })
        var left = plans.mapValues(\.steps)
        var batches: [RuleStore: [(UserRule, RulePlan.Step)]] = [:]
        var file = try RuleFile(path)
        while let entry = try file.next() {
            guard let step = left[entry.store]?.removeValue(forKey: entry.rule.identity) else { continue }
            batches[entry.store, default: []].append((entry.rule, step))
            guard let batch = batches[entry.store], batch.count == RuleImport.batch else { continue }
            batches[entry.store] = nil
            try await writers[entry.store]?.write(batch)
            let count = (plans[entry.store]?.steps.count ?? 0, left[entry.store]?.count ?? 0)
            emit(.progress(workload: entry.store.index, state: "\(count.0 - count.1) of \(count.0) rules written"))
        }
        for (kind, batch) in batches { try await writers[kind]?.write(batch) }
        guard left.values.allSatisfy(\.isEmpty) else {
            throw OperationError(
                .failed, "\(path) was changed meanwhile", hint: "run the command again: it goes on from here")
        }
        for (kind, plan) in plans where !plan.isEmpty {
            try await writers[kind]?.remove(plan.removals)
        }
    }
}
