internal import Kubernetes

/// An object and who owns which of its fields.
struct StoredObject: Sendable {
    var id: ResourceID
    var type: ResourceType
    /// Without `managedFields`, which are written from `owners` when it is read.
    var json: JSONValue
    var owners: [FieldOwner: Set<FieldPath>] = [:]

    var object: KubernetesObject { KubernetesObject(json) }

    /// As the server gives it out.
    func rendered(as type: ResourceType) -> JSONValue {
        var json = json
        json["apiVersion"] = .string(type.apiVersion)
        json["kind"] = .string(type.kind)
        let entries = owners.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { owner, fields in
            owner.entry(fields, apiVersion: type.apiVersion)
        }
        if !entries.isEmpty { json[path: ["metadata", "managedFields"]] = .array(entries) }
        return json
    }
}

extension JSONValue {
    /// The object reduced to its metadata.
    var metadataOnly: JSONValue {
        ["apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": self["metadata"] ?? [:]]
    }
}
