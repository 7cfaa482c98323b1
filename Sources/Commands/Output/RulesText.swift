internal import Operations

/// `rules import` as text: a line a store.
enum RulesText {
    static func lines(_ report: RuleImportReport) -> [String] {
        report.stores.map { store in
            let would = report.isDryRun ? "would be " : ""
            var facts = ["\(would)added: \(store.added)", "replaced: \(store.replaced)", "removed: \(store.removed)"]
            facts.append("unchanged: \(store.unchanged)")
            if store.repeated > 0 { facts.append("more than once in the file: \(store.repeated)") }
            if store.duplicates > 0 && store.removed == 0 {
                facts.append("stored more than once: \(store.duplicates) (--replace removes them)")
            }
            return "\(store.name): " + facts.joined(separator: ", ")
        }
    }
}
