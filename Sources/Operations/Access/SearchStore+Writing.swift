package import Kubernetes

extension SearchStore {
    /// One line (or two) of a bulk request.
    package enum Change: Sendable, Hashable {
        /// Made or replaced.
        case index(String, id: String, JSONValue)
        /// Made unless there is one of that id.
        case create(String, id: String, JSONValue)
        case delete(String, id: String)
        /// Written over, or deleted, unless somebody changed it since it was looked at.
        case replace(String, id: String, JSONValue, sequence: Int, term: Int)
        case remove(String, id: String, sequence: Int, term: Int)
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
    /// - Parameter refreshes: false when the caller makes many of them visible itself: each bulk request would wait for
    ///   the index's refresh interval.
    /// - Returns: an effect for each.
    /// - Throws: `OperationError` with the first refusal; others may have been carried out. It is a conflict when one
    ///   of `replace` or `remove` was changed by somebody else.
    package func apply(_ changes: [Change], refreshes: Bool = true) async throws -> [Effect] {
        var effects: [Effect] = []
        var body: [UInt8] = []
        var part: [Change] = []
        for change in changes {
            let lines = change.lines
            if !part.isEmpty && (body.count + lines.count > Self.bulkBytes || part.count == Self.bulkLines) {
                effects += try await send(part, body, refreshes)
                body = []
                part = []
            }
            body += lines
            part.append(change)
        }
        if !part.isEmpty { effects += try await send(part, body, refreshes) }
        return effects
    }

    private func send(_ changes: [Change], _ body: [UInt8], _ refreshes: Bool) async throws -> [Effect] {
        var request = WebRequest("POST", service, refreshes ? "/_bulk?refresh=wait_for" : "/_bulk", isRepeatable: true)
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
            case 404 where pair.0.isExact, 409 where pair.0.isExact:
                throw OperationError(
                    .conflict, "\(pair.0.subject) was changed by somebody else meanwhile", hint: "run the command again"
                )
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
        let again = try await apply(later.map { changes[$0] }, refreshes: refreshes)
        for (position, effect) in zip(later, again) { effects[position] = effect }
        return effects
    }
}

extension SearchStore.Change {
    fileprivate var isDelete: Bool { if case .delete = self { true } else { false } }
    fileprivate var isCreate: Bool { if case .create = self { true } else { false } }

    fileprivate var isExact: Bool {
        switch self {
        case .replace, .remove: true
        default: false
        }
    }

    package var subject: String {
        switch self {
        case .index(let index, let id, _), .create(let index, let id, _), .delete(let index, let id),
            .replace(let index, let id, _, _, _), .remove(let index, let id, _, _):
            "\(index)/\(id)"
        }
    }

    fileprivate var lines: [UInt8] {
        let (verb, index, id, source): (String, String, String, JSONValue?) =
            switch self {
            case .index(let index, let id, let source): ("index", index, id, source)
            case .create(let index, let id, let source): ("create", index, id, source)
            case .delete(let index, let id), .remove(let index, let id, _, _): ("delete", index, id, nil)
            case .replace(let index, let id, let source, _, _): ("index", index, id, source)
            }
        var about: JSONValue = ["_index": .string(index), "_id": .string(id)]
        if case .replace(_, _, _, let sequence, let term) = self { about.expect(sequence, term) }
        if case .remove(_, _, let sequence, let term) = self { about.expect(sequence, term) }
        let head: JSONValue = .object([verb: about])
        let end = [UInt8(ascii: "\n")]
        return head.serialized() + end + (source.map { $0.serialized() + end } ?? [])
    }
}

extension JSONValue {
    fileprivate mutating func expect(_ sequence: Int, _ term: Int) {
        self["if_seq_no"] = .integer(Int64(sequence))
        self["if_primary_term"] = .integer(Int64(term))
    }
}
