internal import FoundationEssentials
internal import Kubernetes

extension StoredObject {
    var finalizers: [JSONValue] { json[path: ["metadata", "finalizers"]]?.array ?? [] }

    func isOwned(by uid: String) -> Bool {
        (json[path: ["metadata", "ownerReferences"]]?.array ?? []).contains { $0["uid"]?.string == uid }
    }
}

extension StoreState {
    /// - Parameters:
    ///   - options: The request's `DeleteOptions`.
    ///   - lingers: Whether a pod stays for a while, marked, as it does while its containers end.
    /// - Returns: The object, if it is still there, marked.
    @discardableResult
    mutating func delete(_ id: ResourceID, options: JSONValue, lingers: Bool) throws(APIFailure) -> StoredObject? {
        guard let object = self[id] else { throw .notFound(id) }
        if let wanted = options[path: ["preconditions", "uid"]]?.string, wanted != object.object.uid {
            throw .precondition(id, "UID", wanted: wanted, found: object.object.uid)
        }
        if let wanted = options[path: ["preconditions", "resourceVersion"]]?.string,
            wanted != object.object.resourceVersion
        {
            throw .precondition(id, "ResourceVersion", wanted: wanted, found: object.object.resourceVersion)
        }
        let dependents = objects.values.filter { $0.isOwned(by: object.object.uid) }
        for dependent in dependents {
            if options["propagationPolicy"]?.string == "Orphan" {
                var orphan = dependent
                orphan.json[path: ["metadata", "ownerReferences"]] = nil
                put(orphan)
            } else {
                try delete(dependent.id, options: [:], lingers: lingers)
            }
        }
        if object.type.kind == "Namespace" {
            for member in objects.keys where member.namespace == id.name { drop(member) }
        }
        let isEndingPod = object.type.kind == "Pod" && lingers && options["gracePeriodSeconds"]?.integer != 0
        guard !object.finalizers.isEmpty || isEndingPod else {
            drop(id)
            return nil
        }
        guard !object.object.isBeingDeleted else { return object }
        var marked = object
        marked.json[path: ["metadata", "deletionTimestamp"]] = .string(Date.now.formatted(.iso8601))
        return put(marked)
    }
}
