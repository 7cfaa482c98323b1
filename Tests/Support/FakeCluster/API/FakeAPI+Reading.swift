internal import Kubernetes
internal import Synchronization

/// The rest of lists that are handed out page by page.
final class PageBook: Sendable {
    private struct Rest: Sendable {
        var items: ArraySlice<StoredObject>
        var version: Int
    }

    private let rests = Mutex((last: 0, byToken: [String: Rest]()))

    func keep(_ items: ArraySlice<StoredObject>, version: Int) -> String {
        rests.withLock { rests in
            rests.last += 1
            let token = "page-\(rests.last)"
            rests.byToken[token] = Rest(items: items, version: version)
            return token
        }
    }

    func items(_ token: String) throws(APIFailure) -> (items: ArraySlice<StoredObject>, version: Int) {
        guard let rest = rests.withLock({ $0.byToken[token] }) else { throw .expired }
        return (rest.items, rest.version)
    }

    func expire() {
        rests.withLock { $0.byToken = [:] }
    }
}

extension FakeAPI {
    func get(_ type: ResourceType, _ id: ResourceID, _ request: FakeRequest) throws(APIFailure) -> Answer {
        guard let object = store.read({ $0[id] }) else { throw .notFound(id) }
        let json = object.rendered(as: type)
        return .json(request.wantsMetadata ? json.metadataOnly : json)
    }

    func list(_ type: ResourceType, _ namespace: String?, _ request: FakeRequest) throws(APIFailure) -> Answer {
        var (items, version): (ArraySlice<StoredObject>, Int)
        if let token = request.query("continue"), !token.isEmpty {
            (items, version) = try pages.items(token)
        } else {
            let filter = try filter(type, namespace, request)
            (items, version) = store.read { ($0.objects(filter)[...], $0.version) }
        }
        var metadata: JSONValue = ["resourceVersion": .string(String(version))]
        if let limit = request.query("limit").flatMap({ Int($0) }), limit > 0, items.count > limit {
            metadata["continue"] = .string(pages.keep(items.dropFirst(limit), version: version))
            metadata["remainingItemCount"] = .integer(Int64(items.count - limit))
            items = items.prefix(limit)
        }
        let isMetadataOnly = request.wantsMetadata
        return .json([
            "apiVersion": isMetadataOnly ? "meta.k8s.io/v1" : .string(type.apiVersion),
            "kind": isMetadataOnly ? "PartialObjectMetadataList" : .string("\(type.kind)List"), "metadata": metadata,
            "items": .array(
                items.map { item in
                    var json = item.rendered(as: type)
                    if isMetadataOnly { return json.metadataOnly }
                    // A list's members don't repeat what the list says.
                    json["apiVersion"] = nil
                    json["kind"] = nil
                    return json
                }),
        ])
    }

    func watch(_ type: ResourceType, _ namespace: String?, _ request: FakeRequest) throws(APIFailure) -> Answer {
        let text = request.query("resourceVersion") ?? ""
        let version = text.isEmpty || text == "0" ? nil : Int(text)
        if !text.isEmpty, text != "0", version == nil { throw .bad("Invalid value: \"\(text)\"") }
        let lines = store.watch(
            try filter(type, namespace, request), from: version, isMetadataOnly: request.wantsMetadata,
            wantsBookmarks: request.query("allowWatchBookmarks") == "true")
        let seconds = request.query("timeoutSeconds").flatMap { Int($0) }
        return Answer(
            status: 200, headers: [("Content-Type", "application/json")],
            content: .stream(lines, limit: seconds.map { .seconds($0) }))
    }

    func filter(_ type: ResourceType, _ namespace: String?, _ request: FakeRequest) throws(APIFailure) -> Filter {
        try Filter(
            type, namespace: namespace, labels: request.query("labelSelector"), fields: request.query("fieldSelector"))
    }
}

extension FakeRequest {
    var wantsMetadata: Bool { header("accept")?.contains("as=PartialObjectMetadata") ?? false }
}
