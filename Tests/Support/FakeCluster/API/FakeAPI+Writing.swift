internal import Kubernetes

extension FakeAPI {
    func create(_ type: ResourceType, _ namespace: String?, _ request: FakeRequest) throws(APIFailure) -> Answer {
        let json = try Self.json(request)
        try check(json, type, namespace: namespace, name: nil)
        guard !type.isNamespaced || namespace != nil else { throw .unknownPath }
        var name = KubernetesObject(json).name
        if name.isEmpty, let prefix = json[path: ["metadata", "generateName"]]?.string {
            name = prefix + String((0..<5).compactMap { _ in "bcdfghjklmnpqrstvwxz2456789".randomElement() })
        }
        let id = ResourceID(group: type.group, plural: type.plural, namespace: namespace ?? "", name: name)
        guard !name.isEmpty else { throw .invalid(id, kind: type.kind, field: "metadata.name", "name is required") }
        let object = try store.transact(isTrial: request.isDryRun) { state throws(APIFailure) in
            try state.create(json, id, type, by: request.manager)
        }
        return .json(object.rendered(as: type), status: 201)
    }

    func replace(
        _ type: ResourceType, _ id: ResourceID, _ request: FakeRequest, isStatus: Bool
    ) throws(APIFailure) -> Answer {
        let json = try Self.json(request)
        try check(json, type, namespace: id.namespace, name: id.name)
        return try change(type, id, request, isStatus: isStatus) { (object: inout StoredObject) throws(APIFailure) in
            object.update(to: json, by: request.manager)
        }
    }

    func patch(
        _ type: ResourceType, _ id: ResourceID, _ request: FakeRequest, isStatus: Bool
    ) throws(APIFailure) -> Answer {
        let patch = try Self.json(request)
        switch request.header("content-type") {
        case "application/apply-patch+yaml": return try apply(type, id, patch, request)
        case "application/merge-patch+json", "application/strategic-merge-patch+json":
            return try change(type, id, request, isStatus: isStatus) {
                (object: inout StoredObject) throws(APIFailure) in
                object.update(to: JSONPatch.merge(object.unversioned, patch), by: request.manager)
            }
        case "application/json-patch+json":
            return try change(type, id, request, isStatus: isStatus) {
                (object: inout StoredObject) throws(APIFailure) in
                object.update(to: try JSONPatch.apply(patch, to: object.unversioned), by: request.manager)
            }
        case let other:
            throw APIFailure(
                415, "UnsupportedMediaType", "the body of the request was in an unknown format: \(other ?? "none")")
        }
    }

    private func change(
        _ type: ResourceType, _ id: ResourceID, _ request: FakeRequest, isStatus: Bool,
        _ edit: @Sendable (inout StoredObject) throws(APIFailure) -> Void
    ) throws(APIFailure) -> Answer {
        let object = try store.transact(isTrial: request.isDryRun) { state throws(APIFailure) in
            guard let old = state[id] else { throw .notFound(id) }
            var new = old
            try edit(&new)
            return try state.keep(new, over: old, isStatus: isStatus)
        }
        return .json(object.rendered(as: type))
    }

    private func apply(
        _ type: ResourceType, _ id: ResourceID, _ config: JSONValue, _ request: FakeRequest
    ) throws(APIFailure) -> Answer {
        guard let manager = request.query("fieldManager"), !manager.isEmpty else {
            throw .bad(
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")
        }
        guard config["apiVersion"] != nil, config["kind"] != nil else {
            throw .bad("Object 'Kind' is missing in the applied configuration")
        }
        try check(config, type, namespace: id.namespace, name: id.name)
        guard config[path: ["metadata", "managedFields"]] == nil else {
            throw .bad("metadata.managedFields must be nil")
        }
        let force = request.query("force") == "true"
        let (object, isNew) = try store.transact(isTrial: request.isDryRun) { state throws(APIFailure) in
            guard let old = state[id] else {
                guard KubernetesObject(config).resourceVersion.isEmpty else { throw .stale(id) }
                var object = StoredObject(id: id, type: type, json: [:])
                try object.apply(config, by: manager, force: force)
                return (try state.add(object), true)
            }
            let wanted = KubernetesObject(config).resourceVersion
            guard wanted.isEmpty || wanted == old.object.resourceVersion else { throw .stale(id) }
            var new = old
            try new.apply(config, by: manager, force: force)
            return (try state.keep(new, over: old), false)
        }
        return .json(object.rendered(as: type), status: isNew ? 201 : 200)
    }

    private func check(
        _ json: JSONValue, _ type: ResourceType, namespace: String?, name: String?
    ) throws(APIFailure) {
        let object = KubernetesObject(json)
        if let kind = json["kind"]?.string, kind != type.kind || object.apiVersion != type.apiVersion {
            throw .bad("the object provided is \(object.apiVersion) \(kind), expected \(type.apiVersion) \(type.kind)")
        }
        if let name, object.name != name {
            throw .bad("the name of the object (\(object.name)) does not match the name on the URL (\(name))")
        }
        if let own = object.namespace, own != namespace ?? "" {
            throw .bad("the namespace of the provided object does not match the namespace sent on the request")
        }
    }
}

extension StoredObject {
    /// For a patch: the resourceVersion counts only when the patch names one.
    fileprivate var unversioned: JSONValue {
        var json = json
        json[path: ["metadata", "resourceVersion"]] = nil
        return json
    }
}
