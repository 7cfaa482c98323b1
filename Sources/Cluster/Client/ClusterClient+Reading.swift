package import Kubernetes

extension ClusterClient {
    /// All objects of a selection, page by page. When a page's token has expired, it starts again.
    package func list(
        _ selection: ObjectSelection, pageSize: Int = 500
    ) async throws(ClusterError) -> ObjectList {
        for limit in [pageSize, pageSize] {
            do throws(ClusterError) {
                return try await pages(of: selection, limit: limit)
            } catch  where error.kind == .gone {
                continue
            }
        }
        // In one piece there is no token that could expire.
        return try await pages(of: selection, limit: nil)
    }

    private func pages(of selection: ObjectSelection, limit: Int?) async throws(ClusterError) -> ObjectList {
        var list = try await page(of: selection, limit: limit, token: nil)
        while let token = list.continueToken {
            let next = try await page(of: selection, limit: limit, token: token)
            list.items += next.items
            list.resourceVersion = next.resourceVersion
            list.continueToken = next.continueToken
        }
        return list
    }

    private func page(
        of selection: ObjectSelection, limit: Int?, token: String?
    ) async throws(ClusterError) -> ObjectList {
        let request = APIRequest.list(
            selection.type, namespace: selection.namespace, labelSelector: selection.labels,
            fieldSelector: selection.fields, limit: limit, continue: token, metadataOnly: selection.isMetadataOnly)
        let reply = try await send(request)
        do {
            return try ObjectList(reply.json, type: selection.type)
        } catch {
            throw ClusterError(.malformed, request.subject, "\(error)")
        }
    }

    /// The object, or nil when there is none.
    package func find(
        _ type: ResourceType, namespace: String?, name: String
    ) async throws(ClusterError) -> KubernetesObject? {
        do throws(ClusterError) {
            return try await send(.get(type, namespace: namespace, name: name)).object
        } catch  where error.kind == .notFound {
            return nil
        }
    }

    /// A container's log as it comes; with `follow` it ends when the container does.
    package func logs(
        namespace: String, pod: String, options: LogOptions = LogOptions()
    ) async throws(ClusterError) -> ResponseStream {
        try await stream(.logs(namespace: namespace, pod: pod, options: options))
    }

    /// A container's log as text, cut at the limit.
    package func logText(
        namespace: String, pod: String, options: LogOptions = LogOptions(), limit: Int = 1 << 20
    ) async throws(ClusterError) -> String {
        var bytes: [UInt8] = []
        for try await chunk in try await logs(namespace: namespace, pod: pod, options: options) {
            bytes += chunk.prefix(limit - bytes.count)
            if bytes.count >= limit { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
