internal import FoundationEssentials
internal import Kubernetes

/// Objects by name, and what happened to them: a value, so that a dry run is a copy.
struct StoreState: Sendable {
    private(set) var objects: [ResourceID: StoredObject] = [:]
    private(set) var version = 100
    /// Watches from before this version get a 410.
    private(set) var compacted = 100
    private(set) var changes: [Change] = []
    /// How many changes are no longer kept.
    private(set) var forgotten = 0

    subscript(id: ResourceID) -> StoredObject? { objects[id] }

    func objects(_ filter: Filter) -> [StoredObject] {
        objects.values.filter { filter.concerns($0.id) && filter.selects($0.json) }.sorted { $0.id < $1.id }
    }

    func objects(group: String, kind: String) -> [StoredObject] {
        objects.values.filter { $0.type.group == group && $0.type.kind == kind }.sorted { $0.id < $1.id }
    }

    func hasNamespace(_ name: String) -> Bool {
        name.isEmpty || objects[ResourceID(group: "", plural: "namespaces", namespace: "", name: name)] != nil
    }

    mutating func compact() {
        version += 1
        compacted = version
        forgotten += changes.count
        changes = []
    }

    mutating func touch() { version += 1 }

    /// Puts an object in a state, with a new resourceVersion; nothing happens when it is in that state already.
    @discardableResult
    mutating func put(_ object: StoredObject) -> StoredObject {
        let before = objects[object.id]
        if let before, before.json == object.json, before.owners == object.owners { return before }
        version += 1
        var object = object
        object.json[path: ["metadata", "resourceVersion"]] = .string(String(version))
        objects[object.id] = object
        changes.append(Change(version: version, id: object.id, before: before, after: object))
        return object
    }

    mutating func drop(_ id: ResourceID) {
        guard let before = objects.removeValue(forKey: id) else { return }
        version += 1
        changes.append(Change(version: version, id: id, before: before, after: nil))
    }
}

extension StoreState {
    mutating func create(
        _ json: JSONValue, _ id: ResourceID, _ type: ResourceType, by manager: String
    )
        throws(APIFailure) -> StoredObject
    {
        guard self[id] == nil else { throw .exists(id) }
        var object = StoredObject(id: id, type: type, json: [:])
        object.update(to: json, by: manager)
        return try add(object)
    }

    /// Takes in a new object: gives it what the server gives.
    mutating func add(_ object: StoredObject) throws(APIFailure) -> StoredObject {
        let id = object.id
        guard hasNamespace(id.namespace) else {
            throw .notFound(ResourceID(group: "", plural: "namespaces", namespace: "", name: id.namespace))
        }
        var object = object
        object.json["apiVersion"] = .string(object.type.apiVersion)
        object.json["kind"] = .string(object.type.kind)
        object.json["status"] = nil
        var metadata = object.json["metadata"] ?? [:]
        metadata["name"] = .string(id.name)
        metadata["namespace"] = id.namespace.isEmpty ? nil : .string(id.namespace)
        metadata["uid"] = .string(UUID().uuidString.lowercased())
        metadata["creationTimestamp"] = .string(Date.now.formatted(.iso8601))
        metadata["generation"] = object.json["spec"] == nil ? nil : 1
        for field in ["managedFields", "deletionTimestamp", "selfLink", "resourceVersion"] { metadata[field] = nil }
        object.json["metadata"] = metadata
        object.json = Defaults.filled(object.json, uid: object.object.uid)
        try Validation.check(object.json, before: nil, id: id, kind: object.type.kind)
        return put(object)
    }

    /// Brings a changed object back in: keeps what callers may not change.
    mutating func keep(
        _ object: StoredObject, over old: StoredObject, isStatus: Bool = false
    )
        throws(APIFailure) -> StoredObject
    {
        var object = object
        let wanted = object.object
        guard wanted.resourceVersion.isEmpty || wanted.resourceVersion == old.object.resourceVersion else {
            throw .stale(old.id)
        }
        guard wanted.uid.isEmpty || wanted.uid == old.object.uid else {
            throw .precondition(old.id, "UID", wanted: wanted.uid, found: old.object.uid)
        }
        if isStatus {
            object.json = old.json
            object.json["status"] = wanted.json["status"]
            object.owners = old.owners
        } else {
            object.json["status"] = old.json["status"]
            var metadata = object.json["metadata"] ?? [:]
            metadata["managedFields"] = nil
            for field in ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "generation"] {
                metadata[field] = old.json[path: ["metadata", field]]
            }
            object.json["metadata"] = metadata
            object.json["apiVersion"] = .string(object.type.apiVersion)
            object.json["kind"] = .string(object.type.kind)
            object.json = Defaults.filled(object.json, uid: old.object.uid)
        }
        object.json[path: ["metadata", "resourceVersion"]] = .string(old.object.resourceVersion)
        if object.json["spec"] != old.json["spec"] {
            object.json[path: ["metadata", "generation"]] = .integer(Int64(old.object.generation + 1))
        }
        try Validation.check(object.json, before: old.json, id: old.id, kind: old.type.kind)
        if object.object.isBeingDeleted, object.finalizers.isEmpty {
            drop(object.id)
            return object
        }
        return put(object)
    }
}
