/// A kind of object as the API server's discovery describes it: enough to make a URL.
package struct ResourceType: Hashable, Sendable, Codable {
    /// Empty for the core group.
    package var group: String
    package var version: String
    package var kind: String
    /// The plural, as in URLs: `deployments`.
    package var plural: String
    package var isNamespaced: Bool

    package init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    /// As in an object's `apiVersion`: `v1`, `apps/v1`.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
}
