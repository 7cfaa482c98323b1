internal import HySDS
internal import Kubernetes

/// The rules that a store holds.
struct RuleScan: Sendable {
    /// Documents of one answer.
    static let page = 250

    let store: SearchStore
    let kind: RuleStore

    init(_ store: SearchStore, _ kind: RuleStore) {
        (self.store, self.kind) = (store, kind)
    }

    /// What each one is, without its content.
    func present() async throws -> [RulePlan.Present] {
        var present: [RulePlan.Present] = []
        try await pages { hits in
            present += hits.map { hit in
                let rule = UserRule(hit.source.object ?? [:])
                return RulePlan.Present(
                    id: hit.id, name: rule.name, identity: rule.identity, sequence: hit.sequence, term: hit.term)
            }
        }
        return present
    }

    /// - Throws: `OperationError` when there is no index: writing would make one that has no mapping.
    func pages(_ take: ([SearchStore.Hit]) async throws -> Void) async throws {
        guard try await store.count(kind.index) != nil else {
            throw OperationError(
                .unhealthy, "\(store.service) has no index \(kind.index)",
                hint: "'sds update \(kind.rawValue)' sets it up")
        }
        // What was written a moment ago is found, too, and what we wrote is found by HySDS.
        _ = try await store.json("POST", "/\(kind.index)/_refresh")
        try await store.scan(kind.index, page: RuleScan.page, take)
    }
}
