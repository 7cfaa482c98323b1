internal import Crypto
package import Kubernetes

/// A trigger rule as it lies in Elasticsearch and in the files of `rules export`.
///
/// Fields: mozart's `services/api_v01/user_rules.py` writes them, hysds' `user_rules_job.py` and hysds_commons'
/// `job_utils.py` read them.
package struct UserRule: Sendable, Equatable {
    package let content: [String: JSONValue]

    package init(_ content: [String: JSONValue]) {
        self.content = content
    }

    package var name: String { content["rule_name"]?.string ?? "" }

    /// Equal for rules that do the same: when it was made or changed doesn't matter, nor whether what isn't set is null.
    package var identity: String {
        let telling = content.filter { !UserRule.times.contains($0.key) && !$0.value.isNull }
        return String(Digest.hex(SHA256.hash(data: JSONValue.object(telling).serialized())).prefix(32))
    }

    /// The id that a rule gets which is in no store yet.
    package static func id(for identity: String) -> String { "sds-\(identity)" }

    /// With the two times that a rule must have, filled as sdscli fills them.
    /// - Parameter made: when the rule that this one replaces was made.
    package func stamped(_ now: String, made: JSONValue? = nil) -> UserRule {
        var content = content
        if !UserRule.isTrue(content["creation_time"]) { content["creation_time"] = made ?? .string(now) }
        if !UserRule.isTrue(content["modified_time"]) { content["modified_time"] = .string(now) }
        return UserRule(content)
    }

    static let times: Set<String> = ["creation_time", "modified_time", "modification_time"]

    /// What Python takes for true.
    private static func isTrue(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null, .bool(false), .integer(0), .string(""): false
        default: true
        }
    }
}
