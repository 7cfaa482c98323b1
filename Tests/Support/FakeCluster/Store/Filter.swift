internal import Kubernetes

/// Which objects a list or a watch is about.
struct Filter: Sendable {
    var type: ResourceType
    /// Nil for all namespaces.
    var namespace: String?
    var labels = LabelSelector()
    var fields: [FieldTerm] = []

    /// One term of a field selector: a path and the text wanted there, or not wanted.
    struct FieldTerm: Sendable {
        var path: [String]
        var value: String
        var isEqual: Bool
    }

    init(_ type: ResourceType, namespace: String?, labels: String?, fields: String?) throws(APIFailure) {
        self.type = type
        self.namespace = namespace
        do {
            self.labels = try LabelSelector(parsing: labels ?? "")
        } catch {
            throw APIFailure.bad("unable to parse requirement: \(error)")
        }
        for term in (fields ?? "").split(separator: ",") {
            guard let sign = term.firstIndex(of: "=") else { throw APIFailure.bad("invalid selector: '\(term)'") }
            let isEqual = !term[..<sign].hasSuffix("!")
            let path = term[..<sign].filter { $0 != "!" }.split(separator: ".").map(String.init)
            let value = term[sign...].drop { $0 == "=" }
            self.fields.append(FieldTerm(path: path, value: String(value), isEqual: isEqual))
        }
    }

    func concerns(_ id: ResourceID) -> Bool {
        id.group == type.group && id.plural == type.plural && (namespace == nil || namespace == id.namespace)
    }

    /// Whether an object of this type and namespace is meant.
    func selects(_ json: JSONValue?) -> Bool {
        guard let json else { return false }
        return labels.matches(KubernetesObject(json).labels)
            && fields.allSatisfy { ((json[path: $0.path]?.string ?? "") == $0.value) == $0.isEqual }
    }
}
