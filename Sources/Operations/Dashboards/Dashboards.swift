internal import HySDS
internal import Kubernetes

/// Kibana or OpenSearch Dashboards, asked for its saved objects.
struct Dashboards: Sendable {
    /// Bodies are kept below `server.maxPayloadBytes`, by default 1 MiB.
    private static let largestBody = 800 << 10
    private static let page = 200
    private static let pause: Duration = .seconds(1)

    let access: Access
    let engine: DashboardsEngine
    /// `/metrics` when it expects its base path itself instead of a proxy that takes it off.
    private var base = ""

    init(_ access: Access, _ engine: DashboardsEngine) {
        (self.access, self.engine) = (access, engine)
    }

    /// Waits until it says of itself that it is ready.
    /// - Throws: `OperationError` (timed out) with what it said last.
    mutating func waitUntilReady(_ limit: Duration, emit: EventSink) async throws {
        let deadline = ContinuousClock.now + limit
        var last = ""
        while true {
            let state = try await state()
            if ["green", "available", "yellow", "degraded"].contains(state) { return }
            if state != last { emit(.progress(workload: DashboardsEngine.workload, state: state)) }
            last = state
            guard ContinuousClock.now + Dashboards.pause < deadline else {
                throw OperationError(
                    .timedOut, "\(engine.rawValue) was not ready in time", causes: [last],
                    hint: "see 'sds logs \(DashboardsEngine.workload)'; is its Elasticsearch up? 'sds status metrics'")
            }
            try await Task.sleep(for: Dashboards.pause)
        }
    }

    private mutating func state() async throws -> String {
        do {
            for candidate in ["", "/metrics"] {
                let request = WebRequest("GET", "dashboards", "\(candidate)/api/status")
                let reply = try await access.send(request)
                if reply.status == 404 { continue }
                guard reply.isSuccess else { return reply.reason }
                base = candidate
                let overall = try reply.json(of: request)[path: ["status", "overall"]]
                return overall?["state"]?.string ?? overall?["level"]?.string ?? "it does not say how it is"
            }
            return "it has no /api/status"
        } catch let error as OperationError where error.kind == .unreachable {
            return error.message
        }
    }

    // MARK: - Saved objects

    /// Those of the keys that are there.
    func objects(_ keys: [SavedObject.Key]) async throws -> [SavedObject.Key: SavedObject] {
        var found: [SavedObject.Key: SavedObject] = [:]
        for start in stride(from: 0, to: keys.count, by: Dashboards.page) {
            let part = keys[start..<min(start + Dashboards.page, keys.count)]
            let answer = try await json("POST", "/api/saved_objects/_bulk_get", .array(part.map(\.json)))
            for value in answer["saved_objects"]?.array ?? [] where value["error"] == nil {
                if let object = SavedObject(value) { found[object.key] = object }
            }
        }
        return found
    }

    /// Saves objects, over those that are there.
    /// - Throws: `OperationError` naming the objects that were refused; the others are saved.
    func save(_ objects: [SavedObject]) async throws {
        var refused: [String] = []
        var part: [JSONValue] = []
        var size = 0
        for object in objects {
            let bytes = object.json.serialized().count + 1
            if !part.isEmpty && size + bytes > Dashboards.largestBody {
                refused += try await create(part)
                (part, size) = ([], 0)
            }
            part.append(object.json)
            size += bytes
        }
        if !part.isEmpty { refused += try await create(part) }
        guard refused.isEmpty else {
            throw OperationError(
                refused.count == objects.count ? .failed : .partial,
                "\(engine.rawValue) refused \(refused.count) of \(objects.count) objects",
                causes: Array(refused.prefix(20)))
        }
    }

    private func create(_ objects: [JSONValue]) async throws -> [String] {
        let answer = try await json("POST", "/api/saved_objects/_bulk_create?overwrite=true", .array(objects))
        let results = answer["saved_objects"]?.array ?? []
        guard results.count == objects.count else {
            throw OperationError(.failed, "\(engine.rawValue) answered \(results.count) of \(objects.count) objects")
        }
        return results.compactMap { result in
            guard let error = result["error"] else { return nil }
            return
                "\(result["type"]?.string ?? "")/\(result["id"]?.string ?? ""): \(error["message"]?.string ?? "refused")"
        }
    }

    /// - Returns: false when it wasn't there.
    func delete(_ key: SavedObject.Key) async throws -> Bool {
        let path = "/api/saved_objects/\(WebRequest.segment(key.type))/\(WebRequest.segment(key.id))"
        let request = request("DELETE", path, nil)
        let reply = try await access.send(request)
        if reply.status == 404 { return false }
        _ = try reply.checked(request)
        return true
    }

    /// All dashboards with what they need, an object a line.
    func export(_ take: ([UInt8]) async throws -> Void) async throws {
        let types: JSONValue = ["index-pattern", "search", "visualization", "dashboard"]
        var request = request(
            "POST", "/api/saved_objects/_export",
            ["type": types, "includeReferencesDeep": true, "excludeExportDetails": true])
        request.limit = 256 << 20
        var refusal: [UInt8] = []
        var reply = WebReply(status: 0, type: "")
        reply = try await access.send(request) { piece in
            // What was refused is short; it is no export.
            refusal = Array((refusal + piece).prefix(4096))
            try await take(piece)
        }
        reply.body = refusal
        _ = try reply.checked(request)
    }

    // MARK: - Settings

    var defaultPattern: String? {
        get async throws {
            try await json("GET", engine.settingsPath, nil)[path: ["settings", "defaultIndex", "userValue"]]?.string
        }
    }

    func setDefaultPattern(_ id: String?) async throws {
        _ = try await json(
            "POST", "\(engine.settingsPath)/defaultIndex", ["value": id.map(JSONValue.string) ?? .null])
    }

    private func request(_ method: String, _ path: String, _ body: JSONValue?) -> WebRequest {
        var request =
            body.map { WebRequest(method, "dashboards", base + path, json: $0, isRepeatable: true) }
            ?? WebRequest(method, "dashboards", base + path, isRepeatable: true)
        request.headers.merge(engine.headers) { own, _ in own }
        return request
    }

    private func json(_ method: String, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let request = request(method, path, body)
        return try await access.send(request).checked(request).json(of: request)
    }
}
