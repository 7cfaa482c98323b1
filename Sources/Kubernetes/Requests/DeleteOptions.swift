/// The conditions and the manner of a deletion.
package struct DeleteOptions: Hashable, Sendable {
    package var propagation: DeletionPropagation?
    /// Only this very object: one made anew under the same name is left alone (409).
    package var uid: String?
    /// Only in this state: someone else's change in between is not lost (409).
    package var resourceVersion: String?
    /// Nil: what the object itself says. 0 doesn't wait for the kubelet's word.
    package var gracePeriodSeconds: Int?
    package var dryRun: Bool

    package init(
        propagation: DeletionPropagation? = .background, uid: String? = nil, resourceVersion: String? = nil,
        gracePeriodSeconds: Int? = nil, dryRun: Bool = false
    ) {
        self.propagation = propagation
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.gracePeriodSeconds = gracePeriodSeconds
        self.dryRun = dryRun
    }

    var json: JSONValue {
        var body: JSONValue = ["apiVersion": "v1", "kind": "DeleteOptions"]
        body["propagationPolicy"] = propagation.map { .string($0.rawValue) }
        body["gracePeriodSeconds"] = gracePeriodSeconds.map { .integer(Int64($0)) }
        if let uid { body[path: ["preconditions", "uid"]] = .string(uid) }
        if let resourceVersion { body[path: ["preconditions", "resourceVersion"]] = .string(resourceVersion) }
        if dryRun { body["dryRun"] = ["All"] }
        return body
    }
}
