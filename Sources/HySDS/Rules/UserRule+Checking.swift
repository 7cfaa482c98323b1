package import Kubernetes

extension UserRule {
    /// What makes a rule useless to HySDS: it would be stored, and fail whenever it is evaluated.
    package struct Fault: Sendable, Equatable {
        /// The rule's field; empty for the rule as a whole.
        package let key: String
        package let message: String
    }

    /// - Returns: nothing for a rule that HySDS can evaluate and submit jobs for.
    package static func faults(_ value: JSONValue) -> [Fault] {
        guard let content = value.object else {
            return [Fault(key: "", message: "expected an object, found \(kind(of: value))")]
        }
        var faults: [Fault] = []
        func expect(_ key: String, _ what: String, _ isGood: (JSONValue) -> Bool) {
            guard let value = content[key] else {
                return faults.append(Fault(key: key, message: "is missing; expected \(what)"))
            }
            if !isGood(value) {
                faults.append(Fault(key: key, message: "expected \(what), found \(kind(of: value))"))
            }
        }
        for key in ["rule_name", "job_type", "queue"] { expect(key, "a text") { $0.string?.isEmpty == false } }
        expect("priority", "a whole number") { isWhole($0) || $0.isNull }
        for key in ["query_string", "kwargs"] {
            expect(key, "a text with a JSON object in it") { $0.string != nil }
            if let text = content[key]?.string, let problem = problem(inJSON: text) {
                faults.append(Fault(key: key, message: problem))
            }
        }
        for key in ["enabled", "passthru_query", "query_all", "enable_dedup"] where content[key] != nil {
            expect(key, "true or false") { $0.bool != nil || $0.isNull || ["true", "false"].contains($0.string) }
        }
        for key in ["time_limit", "soft_time_limit"] where content[key] != nil {
            expect(key, "a whole number of seconds") { isWhole($0) || $0.isNull }
        }
        for key in times.sorted() where content[key] != nil {
            expect(key, "a time") { $0.string != nil || $0.integer != nil || $0.isNull }
        }
        return faults
    }

    private static func problem(inJSON text: String) -> String? {
        do {
            let value = try JSONValue(parsing: text.utf8)
            guard value.object != nil else { return "expected a JSON object in the text, found \(kind(of: value))" }
            return nil
        } catch let error as KubernetesError {
            return "expected a JSON object in the text, but it isn't JSON: \(error.message)"
        } catch {
            return "\(error)"
        }
    }

    private static func isWhole(_ value: JSONValue) -> Bool {
        value.integer != nil || value.string.flatMap { Int($0) } != nil
    }

    private static func kind(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer, .number: "a number"
        case .string(let text): text.isEmpty ? "an empty text" : "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
