/// What identifies an object in a cluster whatever version it is written in.
package struct ObjectKey: Hashable, Sendable, Codable {
    /// Empty for the core group.
    package var group: String
    package var kind: String
    /// Nil for an object of the whole cluster.
    package var namespace: String?
    package var name: String

    package init(group: String = "", kind: String, namespace: String?, name: String) {
        self.group = group
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }
}

extension ObjectKey: CustomStringConvertible {
    /// As kubectl names objects: `deployment/mozart-rest`.
    package var description: String { "\(kind.lowercased())/\(name)" }
}

extension ObjectKey: Comparable {
    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace ?? "", left.group, left.kind, left.name)
            < (right.namespace ?? "", right.group, right.kind, right.name)
    }
}
