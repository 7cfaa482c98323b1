extension APIRequest {
    package static func delete(
        _ type: ResourceType, namespace: String?, name: String, options: DeleteOptions = DeleteOptions()
    ) -> APIRequest {
        APIRequest(
            .delete, type.path(namespace: namespace, name: name), contentType: "application/json",
            body: options.json.serialized())
    }

    /// Everything of a type that a selector matches. An empty selector would be everything there is, so it isn't taken.
    package static func deleteCollection(
        _ type: ResourceType, namespace: String, labelSelector: String, options: DeleteOptions = DeleteOptions()
    ) -> APIRequest {
        precondition(!labelSelector.isEmpty, "a deletion of all \(type.plural) needs a selector")
        return APIRequest(
            .delete, type.path(namespace: namespace), query: [QueryItem("labelSelector", labelSelector)],
            contentType: "application/json", body: options.json.serialized())
    }

    /// Deletes a pod as a drain does: 429 as long as a PodDisruptionBudget forbids it.
    /// - Parameter version: The policy group's version on this server, `v1` or `v1beta1`.
    package static func evict(
        namespace: String, pod: String, version: String = "v1", options: DeleteOptions = DeleteOptions(propagation: nil)
    ) -> APIRequest {
        let body: JSONValue = [
            "apiVersion": .string("policy/\(version)"), "kind": "Eviction",
            "metadata": ["name": .string(pod), "namespace": .string(namespace)], "deleteOptions": options.json,
        ]
        return APIRequest(
            .post, ResourceType.pod.path(namespace: namespace, name: pod, subresource: "eviction"),
            contentType: "application/json", body: body.serialized())
    }
}
