internal import Cluster
package import Kubernetes

/// A request to a service inside the cluster, by the name that the pod's `access.json` has for it.
package struct WebRequest: Sendable {
    package var method: String
    package var service: String
    /// Below the service's address, escaped, with its query.
    package var path: String
    package var headers: [String: String] = [:]
    package var body: [UInt8]?
    /// Bytes of the answer that are taken; a longer one is an error.
    package var limit = 32 << 20
    /// Seconds without a byte.
    package var timeout = 120
    /// Sent again when a connection that was kept turns out closed. False for what must not happen twice.
    package var isRepeatable: Bool

    package init(_ method: String, _ service: String, _ path: String, isRepeatable: Bool? = nil) {
        self.method = method
        self.service = service
        self.path = path
        self.isRepeatable = isRepeatable ?? ["GET", "HEAD", "PUT", "DELETE"].contains(method)
    }

    package init(_ method: String, _ service: String, _ path: String, json: JSONValue, isRepeatable: Bool? = nil) {
        self.init(method, service, path, isRepeatable: isRepeatable)
        headers["Content-Type"] = "application/json"
        body = json.serialized()
    }

    /// A name as one segment of a path: `/` is `%2F`, `:` is `%3A`.
    package static func segment(_ text: String) -> String { APIRequest.segment(text) }

    func frame(id: Int) -> [UInt8] {
        let head: JSONValue = [
            "id": .integer(Int64(id)), "service": .string(service), "method": .string(method), "path": .string(path),
            "headers": .object(headers.mapValues(JSONValue.string)), "length": .integer(Int64(body?.count ?? 0)),
            "timeout": .integer(Int64(timeout)), "repeatable": .bool(isRepeatable),
        ]
        return head.serialized() + [UInt8(ascii: "\n")] + (body ?? [])
    }
}

/// What a service answered, whatever its status.
package struct WebReply: Sendable {
    package var status: Int
    /// `Content-Type`.
    package var type: String
    package var body: [UInt8] = []

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// - Throws: `OperationError` when it isn't JSON.
    package func json(of request: WebRequest) throws(OperationError) -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw OperationError(
                .failed,
                "\(request.service) answered \(request.method) \(request.path) with what isn't JSON (\(status))",
                hint: "does something else answer at its address? See access.json of 'sds render config mozart'")
        }
    }

    /// The reason of a refusal in the service's own words (Elasticsearch, mozart, dashboards), shortened, without
    /// anything that steers a terminal.
    package var reason: String {
        let text = String(decoding: body.prefix(1 << 16), as: UTF8.self)
        let json = try? JSONValue(parsing: body)
        let error = json?["error"]
        let cause = error?[path: ["root_cause"]]?.array?.first?["reason"] ?? error?["reason"]
        let words = cause?.string ?? json?["message"]?.string ?? json?["reason"]?.string ?? error?.string ?? text
        let shown = String(words.prefix(400).map { $0.isNewline || $0.asciiValue.map { $0 < 32 } ?? false ? " " : $0 })
        return shown.isEmpty ? "HTTP \(status)" : "HTTP \(status): \(shown)"
    }

    /// - Throws: `OperationError` with the service's reason for anything but 2xx.
    package func checked(_ request: WebRequest) throws(OperationError) -> WebReply {
        guard !isSuccess else { return self }
        let kind: OperationError.Kind =
            switch status {
            case 401, 403: .forbidden
            case 502, 503, 504: .unreachable
            case 409: .conflict
            default: .failed
            }
        throw OperationError(kind, "\(request.service): \(request.method) \(request.path): \(reason)")
    }
}
