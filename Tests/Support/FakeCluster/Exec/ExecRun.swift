internal import Crypto
internal import Kubernetes

/// Carries out a script on a connection.
struct ExecRun {
    private let wire: ExecWire
    private var input: AsyncStream<ExecWire.Input>.Iterator
    private var pending: [UInt8] = []
    private var hasInputEnded = false
    private var digest = SHA256()
    private var count = 0

    init(_ wire: ExecWire) {
        self.wire = wire
        input = wire.input.makeAsyncIterator()
    }

    mutating func perform(_ script: ExecScript) async throws {
        await wire.begin()
        for step in script.steps {
            if try await !perform(step) { return }
        }
        try await wire.close()
    }

    /// False after a step that ends it.
    private mutating func perform(_ step: ExecScript.Step) async throws -> Bool {
        switch step {
        case .output(let text): try await wire.send(.output, Array(text.utf8)[...])
        case .errors(let text): try await wire.send(.errors, Array(text.utf8)[...])
        case .fill(let bytes): try await fill(bytes)
        case .echo:
            while let bytes = await read(nil) { try await wire.send(.output, bytes[...]) }
        case .drain:
            while await read(nil) != nil {}
        case .take(let bytes):
            let end = count + bytes
            while count < end, await read(end - count) != nil {}
        case .digest:
            let hex = digest.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            try await wire.send(.output, Array("\(hex)  -\n".utf8)[...])
        case .count: try await wire.send(.output, Array("\(count)\n".utf8)[...])
        case .wait(let duration): try await Task.sleep(for: duration)
        case .hang: try await Task.sleep(for: .seconds(3600))
        case .garbage(let bytes): try await wire.raw(bytes)
        case .exit(let code):
            try await wire.send(.status, Self.status(code).serialized()[...])
            try await wire.close()
            return false
        case .fail(let message):
            let failure = APIFailure(500, "InternalError", message)
            try await wire.send(.status, failure.json.serialized()[...])
            try await wire.close()
            return false
        case .status(let text):
            try await wire.send(.status, Array(text.utf8)[...])
            try await wire.close()
            return false
        case .endWithoutStatus:
            try await wire.close()
            return false
        case .cut(let reset):
            wire.cut(reset: reset)
            return false
        }
        return true
    }

    /// The next piece of stdin, at most so long; nil at its end.
    private mutating func read(_ limit: Int?) async -> [UInt8]? {
        if pending.isEmpty, !hasInputEnded {
            if case .bytes(let bytes) = await input.next(isolation: #isolation) {
                pending = bytes
            } else {
                hasInputEnded = true
            }
        }
        guard !pending.isEmpty else { return nil }
        let piece = Array(pending.prefix(limit ?? pending.count))
        pending.removeFirst(piece.count)
        digest.update(data: piece)
        count += piece.count
        return piece
    }

    private func fill(_ bytes: Int) async throws {
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 32 << 10)
        var left = bytes
        while left > 0 {
            try await wire.send(.output, piece.prefix(left))
            left -= min(left, piece.count)
        }
    }

    private static func status(_ code: Int) -> JSONValue {
        if code == 0 { return ["metadata": [:], "status": "Success"] }
        return [
            "metadata": [:], "status": "Failure", "reason": "NonZeroExitCode",
            "message": .string(
                "command terminated with non-zero exit code: error executing command, exit code \(code)"),
            "details": ["causes": [["reason": "ExitCode", "message": .string(String(code))]]],
        ]
    }
}
