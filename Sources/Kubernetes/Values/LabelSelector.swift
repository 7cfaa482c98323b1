/// Which objects are meant, by their labels: an object's `spec.selector` or the text of `-l`.
package struct LabelSelector: Hashable, Sendable, Codable {
    /// One condition; all of them must hold.
    package enum Requirement: Hashable, Sendable, Codable {
        case equals(String, String)
        case isIn(String, [String])
        /// Also true for an object without the label.
        case isNotIn(String, [String])
        case exists(String)
        case isAbsent(String)
    }

    package var requirements: [Requirement]

    package init(_ requirements: [Requirement] = []) {
        self.requirements = requirements
    }

    package init(labels: [String: String]) {
        requirements = labels.sorted { $0.key < $1.key }.map { .equals($0.key, $0.value) }
    }

    /// From `{"matchLabels": …, "matchExpressions": …}`, or from a Service's plain map of labels.
    /// - Throws: `KubernetesError` for an operator that Kubernetes doesn't know.
    package init(_ json: JSONValue) throws(KubernetesError) {
        let members = json.object ?? [:]
        guard members["matchLabels"] != nil || members["matchExpressions"] != nil else {
            self.init(labels: members.compactMapValues(\.string))
            return
        }
        self.init(labels: (members["matchLabels"]?.object ?? [:]).compactMapValues(\.string))
        for expression in members["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = (expression["values"]?.array ?? []).compactMap(\.string)
            switch expression["operator"]?.string {
            case "In": requirements.append(.isIn(key, values))
            case "NotIn": requirements.append(.isNotIn(key, values))
            case "Exists": requirements.append(.exists(key))
            case "DoesNotExist": requirements.append(.isAbsent(key))
            case let other:
                throw KubernetesError(.invalidValue, "selector", "unknown operator \"\(other ?? "")\"")
            }
        }
    }

    package func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .equals(let key, let value): labels[key] == value
            case .isIn(let key, let values): labels[key].map(values.contains) ?? false
            case .isNotIn(let key, let values): labels[key].map { !values.contains($0) } ?? true
            case .exists(let key): labels[key] != nil
            case .isAbsent(let key): labels[key] == nil
            }
        }
    }
}

extension LabelSelector: CustomStringConvertible {
    /// As a request's `labelSelector` wants it: `app=a,tier in (x,y),!legacy`.
    package var description: String {
        requirements.map { requirement in
            switch requirement {
            case .equals(let key, let value): "\(key)=\(value)"
            case .isIn(let key, let values): "\(key) in (\(values.joined(separator: ",")))"
            case .isNotIn(let key, let values): "\(key) notin (\(values.joined(separator: ",")))"
            case .exists(let key): key
            case .isAbsent(let key): "!\(key)"
            }
        }.joined(separator: ",")
    }
}
