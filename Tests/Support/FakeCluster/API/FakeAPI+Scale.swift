internal import Kubernetes

extension FakeAPI {
    func scale(_ type: ResourceType, _ id: ResourceID, _ request: FakeRequest) throws(APIFailure) -> Answer {
        guard request.method != "GET" else {
            guard let object = store.read({ $0[id] }) else { throw .notFound(id) }
            return .json(Self.scale(of: object))
        }
        guard ["PUT", "PATCH"].contains(request.method) else { throw .unknownPath }
        let body = try Self.json(request)
        let object = try store.transact(isTrial: request.isDryRun) { state throws(APIFailure) in
            guard let old = state[id] else { throw .notFound(id) }
            guard let count = body[path: ["spec", "replicas"]]?.integer else {
                throw .bad("expected spec.replicas in the scale of \(id.resource) \"\(id.name)\"")
            }
            var json = old.json
            json[path: ["spec", "replicas"]] = .integer(Int64(count))
            json[path: ["metadata", "resourceVersion"]] = body[path: ["metadata", "resourceVersion"]]
            var new = old
            new.update(to: json, by: request.manager)
            return try state.keep(new, over: old)
        }
        return .json(Self.scale(of: object))
    }

    private static func scale(of object: StoredObject) -> JSONValue {
        var metadata: JSONValue = [:]
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[field] = object.json[path: ["metadata", field]]
        }
        return [
            "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": metadata,
            "spec": ["replicas": object.json[path: ["spec", "replicas"]] ?? 0],
            "status": ["replicas": object.json[path: ["status", "replicas"]] ?? 0],
        ]
    }
}
