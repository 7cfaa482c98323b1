internal import FoundationEssentials
internal import Kubernetes
internal import Logging
internal import Synchronization
internal import Transfer

extension ClusterClient {
    /// Runs a command to its end. Many may run at once; they share the one thread.
    ///
    /// A command that fails is no error: see the result's status. A command should read all of its input, also when it
    /// fails (`cat >/dev/null`): servers may lose the status of one that doesn't, which is the error `interrupted`.
    /// - Parameters:
    ///   - input: Where a session doesn't half-close (WebSocket before Kubernetes 1.30), the command never sees an end of
    ///     its stdin: let it read a known count, as with `head -c`.
    ///   - outputLimit: Bytes kept of stdout and of stderr; the rest is read and dropped.
    ///   - timeout: From first to last; nil for none.
    package func run(
        _ target: ExecTarget, _ command: [String], input: ExecInput = .none, outputLimit: Int = 1 << 20,
        timeout: Duration? = nil
    ) async throws(ClusterError) -> ExecResult {
        try await limited(timeout, target.subject) { () async throws(ClusterError) in
            try await self.withExec(target, command, hasInput: input.exists) {
                (session: ExecSession) async throws(ClusterError) in
                try await Self.attend(session, input, outputLimit)
            }
        }
    }

    /// Starts a command and lets `body` talk to it. The connection ends with it.
    package func withExec<Value: Sendable>(
        _ target: ExecTarget, _ command: [String], hasInput: Bool,
        _ body: (ExecSession) async throws(ClusterError) -> Value
    ) async throws(ClusterError) -> Value {
        let session = try await openExec(target, command, hasInput: hasInput)
        defer { session.close() }
        async let _: Void = session.attend()
        let result: Result<Value, ClusterError>
        do throws(ClusterError) {
            try await limited(settings.requestTimeout, target.subject) { () async throws(ClusterError) in
                try await session.begin(hasInput: hasInput)
            }
            result = .success(try await body(session))
        } catch {
            result = .failure(error)
        }
        return try result.get()
    }

    private static func attend(
        _ session: ExecSession, _ input: ExecInput, _ limit: Int
    ) async throws(ClusterError) -> ExecResult {
        async let feeding = feed(session, input)
        var result = ExecResult(status: .failed(""), transport: session.transport)
        var failure: ClusterError?
        do throws(ClusterError) {
            while let event = try await session.next() {
                switch event {
                case .output(let bytes):
                    result.isTruncated = append(bytes, to: &result.output, limit) || result.isTruncated
                case .errors(let bytes):
                    result.isTruncated = append(bytes, to: &result.errors, limit) || result.isTruncated
                case .status(let status): result.status = status
                }
            }
        } catch {
            failure = error
        }
        // Whoever still writes has nobody to write to.
        session.close()
        let problem = await feeding
        if let problem, problem.kind != .interrupted { throw problem }
        if let failure { throw failure }
        result.isInputComplete = problem == nil
        return result
    }

    /// True when something was dropped.
    private static func append(_ bytes: [UInt8], to kept: inout [UInt8], _ limit: Int) -> Bool {
        let room = max(0, limit - kept.count)
        kept += bytes.prefix(room)
        return bytes.count > room
    }

    private static func feed(_ session: ExecSession, _ input: ExecInput) async -> ClusterError? {
        do throws(ClusterError) {
            switch input {
            case .none: return nil
            case .bytes(let bytes): try await session.write(bytes)
            case .writing(let write): try await write(session)
            }
            try await session.closeInput()
            return nil
        } catch {
            // Our own trouble ends the command's too; its end is no trouble.
            if error.kind != .interrupted { session.close() }
            return error
        }
    }

    private func limited<Value: Sendable>(
        _ limit: Duration?, _ subject: String, _ body: @escaping @Sendable () async throws(ClusterError) -> Value
    ) async throws(ClusterError) -> Value {
        guard let limit else { return try await body() }
        let result = await withTaskGroup(of: Result<Value, ClusterError>?.self) { group in
            group.addTask {
                do throws(ClusterError) {
                    return .success(try await body())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                // Cancelled means that the body was faster, or that all is cancelled.
                try? await Task.sleep(for: limit, clock: .continuous)
                return nil
            }
            var first = await group.next() ?? nil
            if first == nil && Task.isCancelled { first = await group.next() ?? nil }
            group.cancelAll()
            return first
        }
        guard let result else { throw ClusterError(.timeout, subject, "not done within \(limit)") }
        return try result.get()
    }
}

extension ExecInput {
    fileprivate var exists: Bool {
        if case .none = self { false } else { true }
    }
}
