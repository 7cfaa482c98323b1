/// The two programs that show dashboards: one grew out of the other, names and headers differ.
package enum DashboardsEngine: String, Sendable, Codable {
    case kibana = "Kibana"
    case openSearch = "OpenSearch Dashboards"

    /// The key says which search engine metrics have; the dashboards are its own.
    package init(_ configuration: Configuration) {
        self = configuration.text("METRICS_ES_ENGINE") == "opensearch" ? .openSearch : .kibana
    }

    /// The workload that is one.
    package static let workload = "kibana"

    /// What requests that change something must carry.
    package var headers: [String: String] {
        switch self {
        case .kibana: ["kbn-xsrf": "true"]
        case .openSearch: ["osd-xsrf": "true", "securitytenant": "global"]
        }
    }

    /// The settings of its "advanced settings".
    package var settingsPath: String {
        switch self {
        case .kibana: "/api/kibana/settings"
        case .openSearch: "/api/opensearch-dashboards/settings"
        }
    }

    /// Where sdscli's `configure` puts the files that `kibana import` reads, below `~/.sds/files`.
    package var folder: String {
        switch self {
        case .kibana: "kibana_dashboard_import"
        case .openSearch: "opensearch_dashboards_import"
        }
    }

    package static let files = ["job-dashboards.json", "worker-dashboards.json", "sdswatch-dashboards.json"]
}
