/// What an object is kept under, whatever version it is written in.
struct ResourceID: Hashable, Sendable {
    var group: String
    var plural: String
    /// Empty for objects of the whole cluster.
    var namespace: String
    var name: String

    /// As messages name it: `configmaps`, `deployments.apps`.
    var resource: String { group.isEmpty ? plural : "\(plural).\(group)" }
}

extension ResourceID: Comparable {
    static func < (left: ResourceID, right: ResourceID) -> Bool {
        (left.group, left.plural, left.namespace, left.name) < (right.group, right.plural, right.namespace, right.name)
    }
}
