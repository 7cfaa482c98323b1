/// One line of a watch.
package enum WatchEvent: Hashable, Sendable {
    case added(KubernetesObject)
    case modified(KubernetesObject)
    /// The object in its last state, with a resourceVersion of its own.
    case deleted(KubernetesObject)
    /// Nothing happened, but the watch may go on from this resourceVersion.
    case bookmark(resourceVersion: String)
    /// 410 means: list again. The stream ends after it.
    case error(APIStatus)

    /// - Throws: `KubernetesError` for a line that is no watch event.
    package init(_ json: JSONValue) throws {
        guard let type = json["type"]?.string, let object = json["object"] else {
            throw KubernetesError(.invalidReply, "watch", "expected an object with \"type\" and \"object\"")
        }
        switch type {
        case "ADDED": self = .added(KubernetesObject(object))
        case "MODIFIED": self = .modified(KubernetesObject(object))
        case "DELETED": self = .deleted(KubernetesObject(object))
        case "BOOKMARK": self = .bookmark(resourceVersion: KubernetesObject(object).resourceVersion)
        case "ERROR":
            self = .error(APIStatus(object) ?? APIStatus(message: "the server ended the watch without a reason"))
        default: throw KubernetesError(.invalidReply, "watch", "unknown event type \"\(type)\"")
        }
    }

    /// From which the watch may go on after this event; nil after an error.
    package var resourceVersion: String? {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object): object.resourceVersion
        case .bookmark(let version): version
        case .error: nil
        }
    }
}
