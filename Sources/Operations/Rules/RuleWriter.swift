internal import HySDS
internal import Kubernetes

/// Writes rules into one store. Each write is for exactly the version that was looked at: whoever comes between keeps
/// what he wrote.
struct RuleWriter {
    private let store: SearchStore
    private let kind: RuleStore
    /// What missing times are filled with.
    private let now: String

    init(_ store: SearchStore, _ kind: RuleStore, now: String) {
        (self.store, self.kind, self.now) = (store, kind, now)
    }

    /// - Throws: `OperationError` (conflict) when somebody changed one of them since it was looked at.
    func write(_ rules: [(UserRule, RulePlan.Step)]) async throws {
        guard !rules.isEmpty else { return }
        let made = try await timesOfReplaced(rules)
        let changes = rules.map { rule, step -> SearchStore.Change in
            switch step {
            case .add(let id):
                return .create(kind.index, id: id, .object(rule.stamped(now).content))
            case .replace(let old):
                let content = rule.stamped(now, made: made[old.id]).content
                return .replace(kind.index, id: old.id, .object(content), sequence: old.sequence, term: old.term)
            }
        }
        _ = try await store.apply(changes, refreshes: false)
    }

    func remove(_ rules: [RulePlan.Present]) async throws {
        guard !rules.isEmpty else { return }
        _ = try await store.apply(
            rules.map { .remove(kind.index, id: $0.id, sequence: $0.sequence, term: $0.term) }, refreshes: false)
    }

    /// When a rule was made stays known when its content changes.
    private func timesOfReplaced(_ rules: [(UserRule, RulePlan.Step)]) async throws -> [String: JSONValue] {
        let ids = rules.compactMap { if case .replace(let old) = $0.1 { old.id } else { nil } }
        guard !ids.isEmpty else { return [:] }
        return try await store.documents(ids, in: kind.index).compactMapValues { $0["creation_time"] }
    }
}
