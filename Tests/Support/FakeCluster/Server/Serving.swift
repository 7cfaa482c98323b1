internal import NIOCore

/// Answers requests: the API's word, bent by the faults.
struct Serving: Sendable {
    let api: FakeAPI
    let faults: FaultBook
    let ledger: Ledger

    func callAsFunction(_ request: FakeRequest, _ exchange: Exchange) async {
        ledger.begin(request)
        let isCounted = Once { ledger.end() }
        defer { isCounted() }
        do {
            if api.settings.latency > .zero { try await Task.sleep(for: api.settings.latency) }
            try await serve(request, exchange, answered: { isCounted() })
        } catch {
            // The peer has gone, or the test is over. On HTTP/2 other streams go on.
            exchange.channel.close(promise: nil)
        }
    }

    private func serve(_ request: FakeRequest, _ exchange: Exchange, answered: () -> Void) async throws {
        let effect = faults.strike(request)
        switch effect {
        case .refuse(let code, let reason, let retryAfter):
            let headers = retryAfter.map { [(name: "Retry-After", value: String($0))] } ?? []
            let failure = APIFailure(code, reason, "refused by a fault: \(reason)")
            return try await deliver(.failure(failure, headers: headers), nil, exchange, answered)
        case .say(let status, let body, let type):
            let answer = Answer(
                status: status, headers: [("Content-Type", type)], content: .whole(Array(body.utf8)))
            return try await deliver(answer, nil, exchange, answered)
        case .drop(let reset): return exchange.connection.cut(reset: reset)
        case .vanish(let reset):
            _ = api.answer(request)
            return exchange.connection.cut(reset: reset)
        case .hang: return try await Task.sleep(for: .seconds(3600))
        case .delay(let duration): try await Task.sleep(for: duration)
        case .goAway where exchange.wire == .http2: try await exchange.connection.goAway(last: exchange.stream)
        case .goAwayRefusing where exchange.wire == .http2:
            return try await exchange.connection.goAway(last: max(0, exchange.stream - 2))
        default: break
        }
        try await deliver(api.answer(request), effect, exchange, answered)
    }

    private func deliver(
        _ answer: Answer, _ effect: Fault.Effect?, _ exchange: Exchange, _ answered: () -> Void
    ) async throws {
        switch answer.content {
        case .exec(let handshake):
            let wire = try await exchange.upgrade(handshake)
            answered()
            var run = ExecRun(wire)
            try await run.perform(handshake.script)
        case .whole(let bytes):
            let headers = answer.headers + [("Content-Length", String(bytes.count))]
            try await exchange.send(.head(status: answer.status, headers: headers))
            var body = BodyWriter(exchange, effect)
            guard try await body.write(bytes) else { return }
            answered()
            try await exchange.send(.end)
        case .stream(let stream, let limit):
            try await exchange.send(.head(status: answer.status, headers: answer.headers))
            answered()
            if try await Self.pass(stream, limit, BodyWriter(exchange, effect)) { try await exchange.send(.end) }
        }
    }

    /// False when the answer was cut.
    private static func pass(
        _ stream: AsyncStream<[UInt8]>, _ limit: Duration?, _ body: BodyWriter
    ) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                var body = body
                for await bytes in stream {
                    guard try await body.write(bytes) else { return false }
                }
                return true
            }
            if let limit {
                group.addTask {
                    try await Task.sleep(for: limit)
                    return true
                }
            }
            let isWhole = try await group.next() ?? true
            group.cancelAll()
            return isWhole
        }
    }
}
