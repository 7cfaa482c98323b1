/// One Kubernetes object as a value. It stays whole: fields that this program doesn't know are kept.
package struct KubernetesObject: Hashable, Sendable, Codable {
    package var json: JSONValue

    package init(_ json: JSONValue) {
        self.json = json
    }

    package init(from decoder: any Decoder) throws {
        json = try JSONValue(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try json.encode(to: encoder)
    }
}

extension KubernetesObject {
    package var apiVersion: String {
        get { json["apiVersion"]?.string ?? "" }
        set { json["apiVersion"] = .string(newValue) }
    }
    package var kind: String { json["kind"]?.string ?? "" }
    package var group: String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
    }
    package var name: String {
        get { json[path: ["metadata", "name"]]?.string ?? "" }
        set { json[path: ["metadata", "name"]] = .string(newValue) }
    }
    package var namespace: String? {
        get { json[path: ["metadata", "namespace"]]?.string }
        set { json[path: ["metadata", "namespace"]] = newValue.map(JSONValue.string) }
    }
    package var uid: String { json[path: ["metadata", "uid"]]?.string ?? "" }
    package var resourceVersion: String { json[path: ["metadata", "resourceVersion"]]?.string ?? "" }
    package var generation: Int { json[path: ["metadata", "generation"]]?.integer ?? 0 }
    package var isBeingDeleted: Bool { json[path: ["metadata", "deletionTimestamp"]]?.string != nil }

    package var labels: [String: String] {
        get { strings(at: ["metadata", "labels"]) }
        set { json[path: ["metadata", "labels"]] = .object(newValue.mapValues(JSONValue.string)) }
    }
    package var annotations: [String: String] {
        get { strings(at: ["metadata", "annotations"]) }
        set { json[path: ["metadata", "annotations"]] = .object(newValue.mapValues(JSONValue.string)) }
    }

    package var key: ObjectKey {
        ObjectKey(group: group, kind: kind, namespace: namespace, name: name)
    }

    package subscript(path keys: [String]) -> JSONValue? {
        get { json[path: keys] }
        set { json[path: keys] = newValue }
    }

    private func strings(at path: [String]) -> [String: String] {
        (json[path: path]?.object ?? [:]).compactMapValues(\.string)
    }
}
