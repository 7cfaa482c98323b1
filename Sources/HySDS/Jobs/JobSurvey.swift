package import Kubernetes

/// How many jobs there are of each status, queue and type, as Elasticsearch and OpenSearch are asked for it: a page of
/// groups at a time, however many jobs and groups there are.
package struct JobSurvey: Sendable, Equatable {
    package struct Group: Sendable, Equatable {
        package let status: String
        package let queue: String
        package let type: String
        package let count: Int
        /// When the oldest one came to this status: seconds since 1970.
        package let oldest: Double?
    }

    /// An alias of all indices with jobs.
    package static let index = "job_status-current"
    private static let fields = [
        ("status", "status"), ("queue", "job.job_info.job_queue"), ("type", "type"),
    ]
    private static let page = 1000

    /// What `_field_caps` is to be asked for.
    package static var askedFields: String {
        fields.flatMap { [$0.1, "\($0.1).keyword"] }.joined(separator: ",")
    }

    /// The names under which the fields can be counted.
    private let countable: [String: String]

    /// HySDS's template makes the fields keywords; without it (documents came before the set-up) they are texts with a
    /// keyword beside them.
    ///
    /// - Parameter capabilities: the answer of `_field_caps`.
    /// - Throws: `HySDSError` when some indices have the one and some the other: no request could count both.
    package init(capabilities: JSONValue) throws(HySDSError) {
        var names: [String: String] = [:]
        for (key, field) in JobSurvey.fields {
            let kinds = Set((capabilities[path: ["fields", field]]?.object ?? [:]).keys).subtracting(["unmapped"])
            if kinds.contains("text") && kinds.count > 1 {
                throw HySDSError(
                    .rendering, JobSurvey.index, "the field \(field) is a text in some indices and no text in others",
                    hint: "indices from before the set-up have no mapping of HySDS: remove or reindex them")
            }
            names[key] = kinds.contains("text") ? "\(field).keyword" : field
        }
        countable = names
    }

    /// A page of groups.
    /// - Parameters:
    ///   - status: only jobs of this one.
    ///   - position: what the page before ended with.
    package func request(status: String?, after position: JSONValue?) -> JSONValue {
        let sources = JobSurvey.fields.map { key, field -> JSONValue in
            .object([key: ["terms": ["field": .string(countable[key] ?? field), "missing_bucket": true]]])
        }
        var groups: JSONValue = ["size": .integer(Int64(JobSurvey.page)), "sources": .array(sources)]
        if let position { groups["after"] = position }
        var request: JSONValue = [
            "size": 0,
            "aggs": ["groups": ["composite": groups, "aggs": ["oldest": ["min": ["field": "@timestamp"]]]]],
        ]
        if let status { request["query"] = ["term": .object([countable["status"] ?? "status": .string(status)])] }
        return request
    }

    /// The groups of an answer, and where the next page begins; nil after the last.
    package static func groups(_ answer: JSONValue) -> ([Group], after: JSONValue?) {
        let result = answer[path: ["aggregations", "groups"]]
        let buckets = result?["buckets"]?.array ?? []
        let groups = buckets.map { bucket in
            func name(_ key: String) -> String { bucket[path: ["key", key]]?.string ?? "-" }
            let oldest: Double? =
                switch bucket[path: ["oldest", "value"]] {
                case .integer(let value)?: Double(value) / 1000
                case .number(let value)?: value / 1000
                default: nil
                }
            return Group(
                status: name("status"), queue: name("queue"), type: name("type"),
                count: bucket["doc_count"]?.integer ?? 0, oldest: oldest)
        }
        return (groups, buckets.count < page ? nil : result?["after_key"])
    }
}
