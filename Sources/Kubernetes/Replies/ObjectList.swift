/// One page of a list reply, with apiVersion and kind put back into each object (the server leaves them out).
package struct ObjectList: Hashable, Sendable {
    package var items: [KubernetesObject]
    /// Where a watch starts.
    package var resourceVersion: String
    /// For the next page; nil on the last one.
    package var continueToken: String?

    /// - Throws: `KubernetesError` for a reply that is no list.
    package init(_ json: JSONValue, type: ResourceType) throws {
        guard let kind = json["kind"]?.string, kind.hasSuffix("List"), json["metadata"]?.object != nil else {
            throw KubernetesError(
                .invalidReply, type.plural, "expected a list, found kind \"\(json["kind"]?.string ?? "none")\"")
        }
        // A list without members may say null.
        items = (json["items"]?.array ?? []).map { item in
            var item = item
            if item["apiVersion"] == nil { item["apiVersion"] = .string(type.apiVersion) }
            if item["kind"] == nil || item["kind"] == "PartialObjectMetadata" { item["kind"] = .string(type.kind) }
            return KubernetesObject(item)
        }
        resourceVersion = json[path: ["metadata", "resourceVersion"]]?.string ?? ""
        let token = json[path: ["metadata", "continue"]]?.string ?? ""
        continueToken = token.isEmpty ? nil : token
    }
}
