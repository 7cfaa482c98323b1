package import Kubernetes
package import Logging
internal import Synchronization
internal import Transfer

/// One cluster's API server: sends requests, many at a time, from any number of tasks.
package final class ClusterClient: Sendable {
    package let access: ClusterAccess
    package let settings: ClientSettings
    let loop: CurlLoop
    let logger: Logger?
    private let root: TransferURL
    private let credentials: CredentialCell
    private let gate: Gate
    private let tally = Mutex(RequestCounts())
    private let hasAnswered = Mutex(false)
    private let seenWarnings = Mutex(Set<String>())
    private let onWarning: @Sendable (String) -> Void
    /// The transport that worked where the other was refused.
    let provenTransport = Mutex(ExecTransport?.none)
    let knownDiscovery = Mutex(Discovery?.none)

    /// - Parameters:
    ///   - logger: Gets one debug line a request; never a credential, a query or a body.
    ///   - onWarning: Gets each text of the server's `Warning:` headers once.
    /// - Throws: `ClusterError` of kind `configuration` when the server's URL can't be one.
    package init(
        _ access: ClusterAccess, settings: ClientSettings = ClientSettings(), logger: Logger? = nil,
        onWarning: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(ClusterError) {
        self.access = access
        self.settings = settings
        self.logger = logger
        self.onWarning = onWarning
        do throws(TransferError) {
            root = try TransferURL(access.server)
            loop = try CurlLoop()
        } catch {
            throw ClusterError(.configuration, "server", error.message)
        }
        credentials = CredentialCell(access.credential)
        gate = Gate(width: settings.inFlight)
    }

    package var counts: RequestCounts { tally.withLock(\.self) }

    /// Scheme, host and port, without path.
    package var server: String { "\(root.isSecure ? "https" : "http")://\(root.authority)" }

    /// - Parameter timeout: For all attempts together; nil for the client's setting.
    /// - Throws: `ClusterError`, also for every answer of 400 and more.
    package func send(_ request: APIRequest, timeout: Duration? = nil) async throws(ClusterError) -> APIResponse {
        let (status, body) = try await reply(to: request, timeout: timeout)
        do {
            return APIResponse(status: status, json: try JSONValue(parsing: body))
        } catch {
            throw ClusterError(
                .malformed, request.subject, "expected JSON, found \(body.count) bytes of something else",
                hint: "is the server address that of a Kubernetes API server?", status: status)
        }
    }

    /// The bytes behind a path whatever they are: `/readyz`, `/metrics`.
    package func get(_ path: String) async throws(ClusterError) -> [UInt8] {
        try await reply(to: APIRequest(.get, path, accept: "*/*"), timeout: nil).body
    }

    private func reply(
        to request: APIRequest, timeout: Duration?
    ) async throws(ClusterError) -> (status: Int, body: [UInt8]) {
        let response = try await exchange(request, timeout: timeout ?? settings.requestTimeout) {
            (transfer: TransferRequest) async throws(TransferError) in
            try await self.loop.response(to: transfer)
        }
        return (response.status, response.body)
    }

    /// An answer whose body comes bit by bit: logs, watches.
    /// - Parameter lifetime: From first to last byte; nil for no end.
    package func stream(
        _ request: APIRequest, lifetime: Duration? = nil
    ) async throws(ClusterError) -> ResponseStream {
        let stream = try await exchange(request, timeout: settings.requestTimeout) {
            (transfer: TransferRequest) async throws(TransferError) in
            var transfer = transfer
            transfer.isCompressible = false
            transfer.lifetime = lifetime
            return try await self.loop.stream(transfer)
        }
        return ResponseStream(stream, subject: request.subject, server: server)
    }

    /// Sends until it succeeds, fails for good or the time is up.
    func exchange<Answer: Reply>(
        _ request: APIRequest, timeout: Duration, isExec: Bool = false,
        _ perform: @Sendable (TransferRequest) async throws(TransferError) -> Answer
    ) async throws(ClusterError) -> Answer {
        let deadline = ContinuousClock.now + timeout
        var (attempt, hasRenewed, lastFailure) = (0, false, ClusterError?.none)
        while true {
            attempt += 1
            let login = try await credentials.current()
            var transfer = try transfer(request, login.credential)
            transfer.needsFreshConnection = lastFailure?.kind == .timeout
            let isIdempotent = isExec || request.isIdempotent
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw lastFailure ?? timedOut(request, timeout) }
            // A read that hangs on a dead connection gets another chance on a new one.
            transfer.timeout = isIdempotent && !isExec ? min(left, max(.seconds(15), timeout / 3)) : left
            count(request, isExec: isExec, isRetry: attempt > 1)
            let policy = RetryPolicy(isIdempotent: isIdempotent, hasAnswered: hasAnswered.withLock(\.self))
            let start = ContinuousClock.now
            let outcome = await gate.through { await Self.result(transfer, perform) }
            trace(request, outcome, since: start, attempt: attempt)
            let wait: Duration?
            switch outcome {
            case nil: throw ClusterError(.cancelled, request.subject, "cancelled")
            case .failure(let error):
                lastFailure = ClusterError(error, subject: request.subject, server: server)
                wait = policy.wait(error.kind, attempt: attempt)
            case .success(let answer):
                hasAnswered.withLock { $0 = true }
                surface(answer.head.headers)
                let status = answer.head.status
                if status < 400 { return answer }
                let body = (try? await answer.errorBody()) ?? []
                lastFailure = ClusterError(status: status, body: body, subject: request.subject)
                if status == 401 && !hasRenewed {
                    hasRenewed = true
                    try await credentials.renew(after: login.generation)
                    continue
                }
                wait = policy.wait(
                    status: status, retryAfter: answer.head.headers["Retry-After"], attempt: attempt)
            }
            let failure = lastFailure ?? timedOut(request, timeout)
            guard let wait else { throw failure }
            // Those that were refused together shall not come back together.
            let pause = wait * Double.random(in: 1...1.25)
            guard ContinuousClock.now + pause < deadline else { throw failure }
            try await sleep(pause, request.subject)
        }
    }

    private static func result<Answer>(
        _ transfer: TransferRequest, _ perform: @Sendable (TransferRequest) async throws(TransferError) -> Answer
    ) async -> Result<Answer, TransferError> {
        do throws(TransferError) {
            return .success(try await perform(transfer))
        } catch {
            return .failure(error)
        }
    }

    private func timedOut(_ request: APIRequest, _ timeout: Duration) -> ClusterError {
        ClusterError(.timeout, request.subject, "no answer within \(timeout) (\(server))")
    }

    func sleep(_ duration: Duration, _ subject: String) async throws(ClusterError) {
        do {
            try await Task.sleep(for: duration, clock: .continuous)
        } catch {
            throw ClusterError(.cancelled, subject, "cancelled")
        }
    }

    private func transfer(
        _ request: APIRequest, _ credential: Credential
    ) throws(ClusterError) -> TransferRequest {
        do throws(TransferError) {
            return TransferRequest(
                request.method.rawValue, try request.url(on: root),
                headers: RequestHeaders.fields(request, credential, access.impersonation, settings.userAgent),
                body: request.body,
                connection: ConnectionOptions(access, credential, connectTimeout: settings.connectTimeout),
                isCompressible: access.isCompressed, isRepeatable: request.isIdempotent)
        } catch {
            throw ClusterError(error, subject: request.subject, server: server)
        }
    }
}

extension ClusterClient {
    private func count(_ request: APIRequest, isExec: Bool, isRetry: Bool) {
        tally.withLock { tally in
            tally.requests += 1
            if isExec { tally.execs += 1 } else if request.method != .get { tally.writes += 1 }
            if isRetry { tally.retries += 1 }
        }
    }

    private func surface(_ headers: HeaderFields) {
        for text in headers.all("Warning").flatMap(WarningHeader.texts(in:))
        where seenWarnings.withLock({ $0.insert(text).inserted }) {
            onWarning(text)
        }
    }

    private func trace(
        _ request: APIRequest, _ outcome: Result<some Reply, TransferError>?, since start: ContinuousClock.Instant,
        attempt: Int
    ) {
        guard let logger, logger.logLevel <= .debug else { return }
        let milliseconds = start.duration(to: .now) / .milliseconds(1)
        let result =
            switch outcome {
            case .success(let answer): "\(answer.head.status)"
            case .failure(let error): "\(error.kind)"
            case nil: "cancelled"
            }
        logger.debug(
            "request",
            metadata: [
                "request": "\(request.subject)", "result": "\(result)", "ms": "\(Int(milliseconds))",
                "attempt": "\(attempt)",
            ])
    }
}

extension APIRequest {
    /// Method and path; never the query, for it may hold a command.
    var subject: String { "\(method.rawValue) \(path)" }
}
