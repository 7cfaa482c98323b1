package import Kubernetes

extension SearchStore {
    /// One line (or two) of a bulk request.
    package enum Change: Sendable, Hashable {
        /// Made or replaced.
        case index(String, id: String, JSONValue)
        /// Made unless there is one of that id.
        case create(String, id: String, JSONValue)
        case delete(String, id: String)
    }

    /// What became of a change, by the store's word.
    package enum Effect: String, Sendable, Hashable, Codable {
        case created, updated, deleted
        /// `create` of what was there, `delete` of what wasn't.
        case unchanged
    }

    /// Bytes and lines of one bulk request.
    private static let bulkBytes = 4 << 20
    private static let bulkLines = 1000

    /// Carries the changes out in their order, and makes them visible to searches.
    ///
    /// - Returns: an effect for each.
    /// - Throws: `OperationError` with the first refusal; others may have been carried out.
    package func apply(_ changes: [Change]) async throws -> [Effect] {
        var effects: [Effect] = []
        var body: [UInt8] = []
        var part: [Change] = []
        for change in changes {
            let lines = change.lines
            if !part.isEmpty && (body.count + lines.count > Self.bulkBytes || part.count == Self.bulkLines) {
                effects += try await send(part, body)
                body = []
                part = []
            }
            body += lines
            part.append(change)
        }
        if !part.isEmpty { effects += try await send(part, body) }
        return effects
    }

    private func send(_ changes: [Change], _ body: [UInt8]) async throws -> [Effect] {
        var request = WebRequest("POST", service, "/_bulk?refresh=wait_for", isRepeatable: true)
        request.headers["Content-Type"] = "application/x-ndjson"
        request.body = body
        let answer = try await send(request).checked(request).json(of: request)
        let items = answer["items"]?.array ?? []
        guard items.count == changes.count else {
            throw OperationError(.failed, "\(service) answered \(items.count) of \(changes.count) changes")
        }
        var effects: [Effect] = []
        var later: [Int] = []
        for (position, pair) in zip(changes, items).enumerated() {
            let item = pair.1.object?.values.first
            switch item?["status"]?.integer ?? 0 {
            case 200..<300: effects.append(Effect(rawValue: item?["result"]?.string ?? "") ?? .updated)
            case 404 where pair.0.isDelete: effects.append(.unchanged)
            case 409 where pair.0.isCreate: effects.append(.unchanged)
            case 429:
                later.append(position)
                effects.append(.unchanged)
            case let status:
                let reason = item?[path: ["error", "reason"]]?.string ?? "status \(status)"
                throw OperationError(.failed, "\(service) refused \(pair.0.subject): \(reason)")
            }
        }
        guard !later.isEmpty else { return effects }
        // It was busy: those once more, after a moment.
        guard later.count < changes.count else {
            throw OperationError(.unreachable, "\(service) is too busy", hint: "run the command again")
        }
        try await Task.sleep(for: .seconds(1))
        let again = try await apply(later.map { changes[$0] })
        for (position, effect) in zip(later, again) { effects[position] = effect }
        return effects
    }
}

extension SearchStore.Change {
    fileprivate var isDelete: Bool { if case .delete = self { true } else { false } }
    fileprivate var isCreate: Bool { if case .create = self { true } else { false } }

    package var subject: String {
        switch self {
        case .index(let index, let id, _), .create(let index, let id, _), .delete(let index, let id): "\(index)/\(id)"
        }
    }

    fileprivate var lines: [UInt8] {
        let (verb, index, id, source): (String, String, String, JSONValue?) =
            switch self {
            case .index(let index, let id, let source): ("index", index, id, source)
            case .create(let index, let id, let source): ("create", index, id, source)
            case .delete(let index, let id): ("delete", index, id, nil)
            }
        let head: JSONValue = .object([verb: ["_index": .string(index), "_id": .string(id)]])
        let end = [UInt8(ascii: "\n")]
        return head.serialized() + end + (source.map { $0.serialized() + end } ?? [])
    }
}
