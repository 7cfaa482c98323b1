package import Kubernetes

/// One Elasticsearch or OpenSearch, asked through a pod. Every index name may be an alias.
package struct SearchStore: Sendable {
    /// Busy stores are asked again after these many milliseconds.
    private static let pauses = [200, 500, 1000, 2000, 4000]

    package let access: Access
    /// As the pod's `access.json` names it: `mozart-es`.
    package let service: String

    package init(_ access: Access, _ service: String) {
        self.access = access
        self.service = service
    }

    /// A document.
    package struct Hit: Sendable, Hashable {
        package var index: String
        package var id: String
        package var source: JSONValue
        /// Which version of it: for `Change.replace` and `Change.remove`. 0 when it wasn't asked for.
        package var sequence = 0
        package var term = 0
    }

    /// Sends a request; 429 and 503 mean "later", and the same request may be sent twice.
    package func send(_ request: WebRequest) async throws -> WebReply {
        var reply = try await access.send(request)
        for pause in SearchStore.pauses where [429, 502, 503].contains(reply.status) {
            try await Task.sleep(for: .milliseconds(pause))
            reply = try await access.send(request)
        }
        return reply
    }

    /// A JSON answer. 404 is nil for a GET.
    package func json(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue? {
        let request =
            body.map { WebRequest(method, service, path, json: $0, isRepeatable: true) }
            ?? WebRequest(method, service, path, isRepeatable: true)
        let reply = try await send(request)
        if method == "GET" && reply.status == 404 { return nil }
        return try reply.checked(request).json(of: request)
    }

    /// The answer of one `_search`; nothing is found where there is no index.
    func search(_ index: String, _ body: JSONValue) async throws -> JSONValue? {
        try await json(
            "POST", "/\(WebRequest.segment(index))/_search?ignore_unavailable=true&allow_no_indices=true", body)
    }

    package func document(_ id: String, in index: String) async throws -> Hit? {
        let answer = try await json("GET", "/\(WebRequest.segment(index))/_doc/\(WebRequest.segment(id))")
        guard let answer, answer["found"]?.bool == true, let source = answer["_source"] else { return nil }
        return Hit(index: answer["_index"]?.string ?? index, id: id, source: source)
    }

    /// Documents by their ids, as they are now, also when no search would find them yet; those that are there.
    package func documents(_ ids: [String], in index: String) async throws -> [String: JSONValue] {
        let answer = try await json(
            "POST", "/\(WebRequest.segment(index))/_mget", ["ids": .array(ids.map(JSONValue.string))])
        let documents = answer?["docs"]?.array ?? []
        let refusals = documents.compactMap { $0["error"] }.filter { $0["type"] != "index_not_found_exception" }
        if let refusal = refusals.first {
            throw OperationError(
                .failed, "\(service): documents of \(index): \(refusal["reason"]?.string ?? "they can't be read")")
        }
        let found = documents.compactMap { document -> (String, JSONValue)? in
            guard let id = document["_id"]?.string, let source = document["_source"] else { return nil }
            return (id, source)
        }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }

    /// How many documents match; nil when there is no such index.
    package func count(_ index: String, query: JSONValue = ["match_all": [:]]) async throws -> Int? {
        let request = WebRequest(
            "POST", service, "/\(WebRequest.segment(index))/_count", json: ["query": query], isRepeatable: true)
        let reply = try await send(request)
        if reply.status == 404 { return nil }
        return try reply.checked(request).json(of: request)["count"]?.integer
    }

    /// All that matches, a page at a time, as the index was when the first page was read. An index that isn't there
    /// has nothing.
    ///
    /// - Parameter page: documents; an answer of more than 32 MiB is an error.
    package func scan(
        _ index: String, query: JSONValue = ["match_all": [:]], page: Int = 1000,
        _ take: ([Hit]) async throws -> Void
    ) async throws {
        let body: JSONValue = [
            "query": query, "size": .integer(Int64(page)), "sort": ["_doc"], "seq_no_primary_term": true,
        ]
        let path = "/\(WebRequest.segment(index))/_search?scroll=5m"
        let request = WebRequest("POST", service, path, json: body, isRepeatable: true)
        var reply = try await send(request)
        if reply.status == 404 { return }
        var answer = try reply.checked(request).json(of: request)
        while true {
            let hits = try SearchStore.hits(answer)
            let key = answer["_scroll_id"]
            if !hits.isEmpty { try await take(hits) }
            guard hits.count == page, let key else {
                if let key {
                    _ = try? await access.send(
                        WebRequest("DELETE", service, "/_search/scroll", json: ["scroll_id": key]))
                }
                return
            }
            // Never sent twice: a scroll goes on with each request.
            let next = WebRequest(
                "POST", service, "/_search/scroll", json: ["scroll": "5m", "scroll_id": key], isRepeatable: false)
            reply = try await access.send(next)
            answer = try reply.checked(next).json(of: next)
        }
    }

    /// All that matches. For what is few: specifications and rules of one package.
    package func all(_ index: String, query: JSONValue = ["match_all": [:]]) async throws -> [Hit] {
        var all: [Hit] = []
        try await scan(index, query: query) { all += $0 }
        return all
    }

    static func hits(_ answer: JSONValue) throws(OperationError) -> [Hit] {
        if let failed = answer[path: ["_shards", "failed"]]?.integer, failed > 0 {
            throw OperationError(.failed, "\(failed) shards of the index didn't answer", hint: "see 'sds status'")
        }
        return (answer[path: ["hits", "hits"]]?.array ?? []).compactMap { hit in
            guard let id = hit["_id"]?.string, let source = hit["_source"] else { return nil }
            return Hit(
                index: hit["_index"]?.string ?? "", id: id, source: source, sequence: hit["_seq_no"]?.integer ?? 0,
                term: hit["_primary_term"]?.integer ?? 0)
        }
    }
}
