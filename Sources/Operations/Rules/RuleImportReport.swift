internal import HySDS

/// What an import did, or would do.
package struct RuleImportReport: Sendable, Encodable, Equatable {
    package struct Store: Sendable, Encodable, Equatable {
        package let name: String
        package let index: String
        package let added: Int
        package let replaced: Int
        package let removed: Int
        package let unchanged: Int
        /// Rules that stand in the file more than once, and that the store holds more than once.
        package let repeated: Int
        package let duplicates: Int
    }

    package let apiVersion = "sds/v1"
    package let kind = "RuleImport"
    package let file: String
    package let isDryRun: Bool
    package let stores: [Store]

    init(file: String, isDryRun: Bool, plans: [RuleStore: RulePlan]) {
        self.file = file
        self.isDryRun = isDryRun
        stores = RuleStore.allCases.compactMap { kind in
            plans[kind].map { plan in
                Store(
                    name: kind.rawValue, index: kind.index, added: plan.added, replaced: plan.replaced,
                    removed: plan.removals.count, unchanged: plan.unchanged, repeated: plan.repeated,
                    duplicates: plan.duplicates)
            }
        }
    }

    /// `mozart: 3 added, 0 replaced, …`, one store after the other.
    package var summary: String {
        stores.map { store in
            "\(store.name): \(store.added) added, \(store.replaced) replaced, \(store.removed) removed, "
                + "\(store.unchanged) unchanged"
        }.joined(separator: "; ")
    }
}
