/// One right, as RBAC names it, that a verb needs before it starts.
package struct AccessCheck: Hashable, Sendable, Codable {
    /// `get`, `list`, `watch`, `create`, `patch`, `update`, `delete`.
    package var verb: String
    package var group: String
    package var resource: String
    package var subresource: String?
    package var namespace: String?
    package var name: String?

    package init(
        _ verb: String, group: String = "", resource: String, subresource: String? = nil, namespace: String?,
        name: String? = nil
    ) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
    }

    /// The answer of a ``APIRequest/accessReview(_:)``.
    package static func isAllowed(_ reply: JSONValue) -> Bool {
        reply[path: ["status", "allowed"]]?.bool ?? false
    }
}

extension AccessCheck: CustomStringConvertible {
    /// As one would ask for it: `create pods/exec in namespace ops`.
    package var description: String {
        var text = "\(verb) \(resource)"
        if let subresource { text += "/\(subresource)" }
        if !group.isEmpty { text += ".\(group)" }
        if let name { text += " \"\(name)\"" }
        if let namespace { text += " in namespace \(namespace)" }
        return text
    }
}
