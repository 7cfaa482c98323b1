package import Kubernetes

extension FakeCluster {
    /// Puts an object into the cluster without a request.
    /// - Throws: `APIFailure` when the API would refuse it.
    @discardableResult
    package func create(
        _ json: JSONValue, namespace: String = "test", by manager: String = "setup"
    ) throws -> KubernetesObject {
        let object = KubernetesObject(json)
        guard
            let type = api.catalog.types.first(where: { $0.kind == object.kind && $0.apiVersion == object.apiVersion })
        else { throw APIFailure.bad("the fake doesn't serve \(object.apiVersion) \(object.kind)") }
        let id = ResourceID(
            group: type.group, plural: type.plural, namespace: type.isNamespaced ? namespace : "", name: object.name)
        let stored = try api.store.transact { state throws(APIFailure) in
            try state.create(json, id, type, by: manager)
        }
        return KubernetesObject(stored.rendered(as: type))
    }

    /// Changes an object without a request, as another operator or a controller would.
    package func change(
        _ type: ResourceType, _ name: String, namespace: String = "test", by manager: String = "other",
        _ edit: @Sendable (inout JSONValue) -> Void
    ) throws {
        let id = ResourceID(group: type.group, plural: type.plural, namespace: namespace, name: name)
        try api.store.transact { state throws(APIFailure) in
            guard let old = state[id] else { throw APIFailure.notFound(id) }
            var json = old.json
            edit(&json)
            var new = old
            new.update(to: json, by: manager)
            _ = try state.keep(new, over: old)
        }
    }

    /// The object as it is now; nil when there is none.
    package func object(_ type: ResourceType, _ name: String, namespace: String = "test") -> KubernetesObject? {
        let id = ResourceID(
            group: type.group, plural: type.plural, namespace: type.isNamespaced ? namespace : "", name: name)
        return api.store.read { $0[id] }.map { KubernetesObject($0.rendered(as: type)) }
    }

    package func delete(_ type: ResourceType, _ name: String, namespace: String = "test") throws {
        let id = ResourceID(group: type.group, plural: type.plural, namespace: namespace, name: name)
        try api.store.transact { state throws(APIFailure) in
            _ = try state.delete(id, options: [:], lingers: false)
        }
    }

    package func names(_ type: ResourceType, namespace: String = "test") -> [String] {
        api.store.read { $0.objects(group: type.group, kind: type.kind) }.filter { $0.id.namespace == namespace }
            .map(\.id.name)
    }

    /// A pod without controllers: one container, running and ready.
    @discardableResult
    package func createPod(
        _ name: String, namespace: String = "test", labels: [String: String] = [:]
    ) throws -> KubernetesObject {
        let pod = try create(
            [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": ["name": .string(name), "labels": .object(labels.mapValues(JSONValue.string))],
                "spec": ["containers": [["name": "main", "image": "busybox"]]],
            ], namespace: namespace)
        return pod
    }
}
