extension APIRequest {
    /// Server-side apply: the object's fields become what `object` says, other managers' fields stay.
    ///
    /// The answer 409 names the fields that belong to someone else (``APIStatus/conflicts``); `force` takes them.
    /// Managed fields are left out, for the server refuses them in an apply. A resourceVersion in the object makes
    /// the write fail when someone else wrote in between.
    package static func serverSideApply(
        _ object: KubernetesObject, _ type: ResourceType, namespace: String?, force: Bool = false,
        options: WriteOptions = WriteOptions()
    ) -> APIRequest {
        var object = object
        object[path: ["metadata", "managedFields"]] = nil
        object.apiVersion = type.apiVersion
        if type.isNamespaced { object.namespace = namespace ?? object.namespace }
        return APIRequest(
            .patch, type.path(namespace: object.namespace, name: object.name),
            query: options.query + [QueryItem("force", force ? "true" : "false")],
            contentType: "application/apply-patch+yaml", body: object.json.serialized())
    }

    package static func create(
        _ object: KubernetesObject, _ type: ResourceType, namespace: String?, options: WriteOptions = WriteOptions()
    ) -> APIRequest {
        APIRequest(
            .post, type.path(namespace: namespace ?? object.namespace), query: options.query,
            contentType: "application/json", body: object.json.serialized())
    }

    /// PUT of the whole object. With its resourceVersion the server answers 409 when someone else was faster.
    package static func replace(
        _ object: KubernetesObject, _ type: ResourceType, namespace: String?, options: WriteOptions = WriteOptions()
    ) -> APIRequest {
        APIRequest(
            .put, type.path(namespace: namespace ?? object.namespace, name: object.name), query: options.query,
            contentType: "application/json", body: object.json.serialized())
    }

    /// The three kinds of patch besides apply.
    package enum PatchKind: String, Hashable, Sendable {
        /// RFC 7396: null removes a member, arrays are replaced.
        case merge = "application/merge-patch+json"
        /// RFC 6902: a list of operations; a `test` operation makes it conditional.
        case json = "application/json-patch+json"
        /// Kubernetes' own, with list keys. Unknown to custom resources.
        case strategic = "application/strategic-merge-patch+json"
    }

    package static func patch(
        _ kind: PatchKind, _ patch: JSONValue, _ type: ResourceType, namespace: String?, name: String,
        subresource: String? = nil, options: WriteOptions = WriteOptions()
    ) -> APIRequest {
        APIRequest(
            .patch, type.path(namespace: namespace, name: name, subresource: subresource), query: options.query,
            contentType: kind.rawValue, body: patch.serialized())
    }

    package static func mergePatch(
        _ patch: JSONValue, _ type: ResourceType, namespace: String?, name: String,
        options: WriteOptions = WriteOptions()
    ) -> APIRequest {
        .patch(.merge, patch, type, namespace: namespace, name: name, options: options)
    }

    package static func getScale(_ type: ResourceType, namespace: String?, name: String) -> APIRequest {
        APIRequest(.get, type.path(namespace: namespace, name: name, subresource: "scale"))
    }

    /// Sets `spec.replicas` through the scale subresource, which is what a scaler's Role allows.
    package static func scale(
        _ type: ResourceType, namespace: String?, name: String, replicas: Int, resourceVersion: String? = nil,
        options: WriteOptions = WriteOptions()
    ) -> APIRequest {
        var patch: JSONValue = ["spec": ["replicas": .integer(Int64(replicas))]]
        if let resourceVersion { patch[path: ["metadata", "resourceVersion"]] = .string(resourceVersion) }
        return .patch(.merge, patch, type, namespace: namespace, name: name, subresource: "scale", options: options)
    }
}
