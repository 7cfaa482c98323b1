extension APIRequest {
    /// `Accept` for objects reduced to their metadata: a ConfigMap of 900 KiB becomes 400 bytes.
    private static let metadataObject = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json"
    private static let metadataList =
        "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"

    package static func get(
        _ type: ResourceType, namespace: String?, name: String, metadataOnly: Bool = false
    ) -> APIRequest {
        APIRequest(
            .get, type.path(namespace: namespace, name: name),
            accept: metadataOnly ? metadataObject : "application/json")
    }

    /// One page of a list.
    /// - Parameters:
    ///   - namespace: Nil for all namespaces.
    ///   - limit: Objects a page; nil for all in one reply.
    ///   - token: `metadata.continue` of the page before. It lives about five minutes, then the answer is 410.
    ///   - resourceVersion: `"0"` allows an answer from the server's cache; nil asks for the newest.
    package static func list(
        _ type: ResourceType, namespace: String?, labelSelector: String? = nil, fieldSelector: String? = nil,
        limit: Int? = 500, continue token: String? = nil, resourceVersion: String? = nil, metadataOnly: Bool = false
    ) -> APIRequest {
        var query = selectors(labelSelector, fieldSelector)
        if let limit { query.append(QueryItem("limit", String(limit))) }
        if let token, !token.isEmpty {
            query.append(QueryItem("continue", token))
        } else if let resourceVersion {
            // Together with a token the server refuses it.
            query.append(QueryItem("resourceVersion", resourceVersion))
        }
        return APIRequest(
            .get, type.path(namespace: namespace), query: query,
            accept: metadataOnly ? metadataList : "application/json")
    }

    /// A watch from a list's resourceVersion on. The reply is one JSON object a line: see ``WatchEvent``.
    /// - Parameter timeoutSeconds: After this the server ends the stream, which is no error.
    package static func watch(
        _ type: ResourceType, namespace: String?, resourceVersion: String, labelSelector: String? = nil,
        fieldSelector: String? = nil, bookmarks: Bool = true, timeoutSeconds: Int? = 300, metadataOnly: Bool = false
    ) -> APIRequest {
        var query = [QueryItem("watch", "1"), QueryItem("resourceVersion", resourceVersion)]
        query += selectors(labelSelector, fieldSelector)
        if bookmarks { query.append(QueryItem("allowWatchBookmarks", "true")) }
        if let timeoutSeconds { query.append(QueryItem("timeoutSeconds", String(timeoutSeconds))) }
        return APIRequest(
            .get, type.path(namespace: namespace), query: query,
            accept: metadataOnly ? metadataObject : "application/json")
    }

    private static func selectors(_ labels: String?, _ fields: String?) -> [QueryItem] {
        var query: [QueryItem] = []
        if let labels, !labels.isEmpty { query.append(QueryItem("labelSelector", labels)) }
        if let fields, !fields.isEmpty { query.append(QueryItem("fieldSelector", fields)) }
        return query
    }
}
