internal import NIOCore

/// Writes an answer's body as its fault wants it.
struct BodyWriter: Sendable {
    private let exchange: Exchange
    private let effect: Fault.Effect?
    private var written = 0

    init(_ exchange: Exchange, _ effect: Fault.Effect?) {
        self.exchange = exchange
        self.effect = effect
    }

    /// False when the answer ends here, and not by its end.
    mutating func write(_ bytes: [UInt8]) async throws -> Bool {
        switch effect {
        case .cut(let limit, let reset):
            if try await pass(bytes, limit) { return true }
            // What was written shall arrive first.
            try await Task.sleep(for: .milliseconds(20))
            exchange.connection.cut(reset: reset)
            return false
        case .truncate(let limit):
            if try await pass(bytes, limit) { return true }
            try await exchange.connection.root.close().get()
            return false
        case .slow(let size, let pause):
            var rest = bytes[...]
            while !rest.isEmpty {
                exchange.post(.body(Array(rest.prefix(size))))
                rest = rest.dropFirst(size)
                if pause > .zero { try await Task.sleep(for: pause) }
            }
        default: try await exchange.send(.body(bytes))
        }
        return true
    }

    private mutating func pass(_ bytes: [UInt8], _ limit: Int) async throws -> Bool {
        let piece = Array(bytes.prefix(max(0, limit - written)))
        written += bytes.count
        if !piece.isEmpty { try await exchange.send(.body(piece)) }
        return written <= limit
    }
}
