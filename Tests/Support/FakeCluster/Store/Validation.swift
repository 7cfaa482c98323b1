internal import Kubernetes

/// The few rules about objects on which callers build.
enum Validation {
    /// The sum of a ConfigMap's or Secret's values.
    static let largestContent = 1 << 20

    static func check(_ json: JSONValue, before: JSONValue?, id: ResourceID, kind: String) throws(APIFailure) {
        let object = KubernetesObject(json)
        guard ObjectName.isSubdomain(id.name) else {
            throw .invalid(
                id, kind: kind, field: "metadata.name",
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'")
        }
        switch kind {
        case "ConfigMap", "Secret": try checkContent(json, before: before, id: id, kind: kind)
        case "Deployment", "StatefulSet", "ReplicaSet": try checkWorkload(object, before: before, id: id)
        default: break
        }
    }

    private static func checkContent(
        _ json: JSONValue, before: JSONValue?, id: ResourceID, kind: String
    ) throws(APIFailure) {
        let values = (json["data"]?.object ?? [:]).merging(json["binaryData"]?.object ?? [:]) { first, _ in first }
        guard values.values.allSatisfy({ $0.string != nil }) else {
            throw APIFailure.bad("\(kind) in version \"v1\" cannot be handled: json: cannot unmarshal into string")
        }
        let isEncoded = kind == "Secret" ? Set(values.keys) : Set((json["binaryData"]?.object ?? [:]).keys)
        let size = values.reduce(0) { sum, member in
            let count = member.value.string?.utf8.count ?? 0
            return sum + (isEncoded.contains(member.key) ? count / 4 * 3 : count)
        }
        guard size <= largestContent else {
            throw .invalid(id, kind: kind, field: "[]", "Too long: must have at most \(largestContent) bytes")
        }
        guard before?["immutable"]?.bool == true else { return }
        for field in ["data", "binaryData"] where before?[field] != json[field] {
            throw .invalid(id, kind: kind, field: field, "Forbidden: field is immutable when `immutable` is set")
        }
        if json["immutable"]?.bool != true {
            throw .invalid(id, kind: kind, field: "immutable", "Forbidden: field is immutable when `immutable` is set")
        }
    }

    private static func checkWorkload(_ object: KubernetesObject, before: JSONValue?, id: ResourceID) throws(APIFailure)
    {
        let selector = object[path: ["spec", "selector"]]
        guard let selector, !selector.isNull else {
            throw .invalid(id, kind: object.kind, field: "spec.selector", "Required value")
        }
        if let before, before[path: ["spec", "selector"]] != selector {
            throw .invalid(id, kind: object.kind, field: "spec.selector", "Invalid value: field is immutable")
        }
        let labels = KubernetesObject(object[path: ["spec", "template"]] ?? [:]).labels
        guard let wanted = try? LabelSelector(selector), wanted.matches(labels) else {
            throw .invalid(
                id, kind: object.kind, field: "spec.template.metadata.labels",
                "Invalid value: `selector` does not match template `labels`")
        }
        if let replicas = object[path: ["spec", "replicas"]]?.integer, replicas < 0 {
            throw .invalid(
                id, kind: object.kind, field: "spec.replicas", "Invalid value: must be greater than or equal to 0")
        }
    }
}
