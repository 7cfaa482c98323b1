/// The two kinds of trigger rules. Both lie in mozart's Elasticsearch.
package enum RuleStore: String, Sendable, Codable, CaseIterable {
    /// Rules about jobs.
    case mozart
    /// Rules about datasets.
    case grq

    package var index: String { "user_rules-\(rawValue)" }
}
