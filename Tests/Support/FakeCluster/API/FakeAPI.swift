internal import Kubernetes
internal import Synchronization

/// The API server's behaviour without a network: a request in, an answer out.
final class FakeAPI: Sendable {
    static let largestBody = 3 << 20
    let settings: FakeClusterSettings
    let catalog: Catalog
    let store = ObjectStore()
    let pages = PageBook()
    let logs = LogBook()
    let scripts = ScriptBook()
    let tokens: Mutex<Set<String>?>
    let fates = Mutex([String: PodFate]())

    init(_ settings: FakeClusterSettings) {
        self.settings = settings
        catalog = Catalog(minor: settings.minor)
        tokens = Mutex(settings.tokens)
        for name in settings.namespaces {
            let id = ResourceID(group: "", plural: "namespaces", namespace: "", name: name)
            _ = try? store.transact { state throws(APIFailure) in
                _ = try state.create([:], id, .namespace, by: "fake")
            }
        }
    }

    func answer(_ request: FakeRequest) -> Answer {
        do throws(APIFailure) {
            return try route(request)
        } catch {
            return .failure(error)
        }
    }

    private func route(_ request: FakeRequest) throws(APIFailure) -> Answer {
        if let tokens = tokens.withLock(\.self) {
            let token = (request.header("authorization") ?? "").replacing("Bearer ", with: "")
            guard tokens.contains(token) else { throw APIFailure(401, "Unauthorized", "Unauthorized") }
        }
        guard request.body.count <= Self.largestBody else {
            throw APIFailure(413, "RequestEntityTooLarge", "Request entity too large: limit is \(Self.largestBody)")
        }
        let route = try Route(request.path, catalog)
        try checkRight(route, request)
        switch (route, request.method) {
        case (.version, _):
            return .json([
                "major": "1", "minor": .string("\(settings.minor)"), "gitVersion": .string("v1.\(settings.minor).0"),
            ])
        case (.text(let text), _): return .text(text)
        case (.coreVersions, _), (.groups, _), (.resources, _): return try discovery(route, request)
        case (.accessReview, "POST"): return try review(request)
        case (.collection(let type, let namespace), "GET"):
            return request.isWatch ? try watch(type, namespace, request) : try list(type, namespace, request)
        case (.collection(let type, let namespace), "POST"): return try create(type, namespace, request)
        case (.collection(let type, let namespace), "DELETE"): return try deleteAll(type, namespace, request)
        case (.object(let type, let id, let subresource), _): return try object(type, id, subresource, request)
        default:
            throw APIFailure(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
        }
    }

    private func object(
        _ type: ResourceType, _ id: ResourceID, _ subresource: String?, _ request: FakeRequest
    ) throws(APIFailure) -> Answer {
        switch (request.method, subresource) {
        case ("GET", nil), ("GET", "status"): return try get(type, id, request)
        case ("PUT", nil), ("PUT", "status"): return try replace(type, id, request, isStatus: subresource != nil)
        case ("PATCH", nil), ("PATCH", "status"): return try patch(type, id, request, isStatus: subresource != nil)
        case ("DELETE", nil): return try delete(type, id, request)
        case (_, "scale") where Catalog.isScalable(type.plural): return try scale(type, id, request)
        case ("GET", "log") where type == .pod: return try log(id, request)
        case ("GET", "exec") where type == .pod, ("POST", "exec") where type == .pod: return try exec(id, request)
        case ("POST", "eviction") where type == .pod: return try delete(type, id, request)
        default: throw .unknownPath
        }
    }

    private func checkRight(_ route: Route, _ request: FakeRequest) throws(APIFailure) {
        guard let resource = route.resource else { return }
        let verb = route.verb(request)
        guard settings.denied.contains(where: { $0.covers(verb: verb, resource: resource) }) else { return }
        throw APIFailure(
            403, "Forbidden", "\(resource) is forbidden: User \"tester\" cannot \(verb) resource \"\(resource)\"")
    }

    private func review(_ request: FakeRequest) throws(APIFailure) -> Answer {
        var json = try Self.json(request)
        let attributes = json[path: ["spec", "resourceAttributes"]]
        let plural = attributes?["resource"]?.string ?? ""
        let resource = attributes?["subresource"]?.string.map { "\(plural)/\($0)" } ?? plural
        let verb = attributes?["verb"]?.string ?? ""
        let isAllowed = !settings.denied.contains { $0.covers(verb: verb, resource: resource) }
        json["status"] = ["allowed": .bool(isAllowed)]
        return .json(json, status: 201)
    }

    static func json(_ request: FakeRequest) throws(APIFailure) -> JSONValue {
        do {
            return try JSONValue(parsing: request.body)
        } catch {
            throw .bad("the object provided is unrecognized: \(error)")
        }
    }
}
