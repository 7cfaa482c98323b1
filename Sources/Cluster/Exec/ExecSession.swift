internal import Synchronization
internal import Transfer

/// A running command: one task writes its input, another reads what it gives off.
package final class ExecSession: Sendable {
    private struct State: Sendable {
        var codec: any ExecCodec
        var outcome = ExecOutcome()
        var events: ArraySlice<ExecEvent> = []
        var isStatusGiven = false
        /// Since when a reader waits for the server; nil while none does.
        var waitingSince: ContinuousClock.Instant?
    }

    package let transport: ExecTransport
    /// Whether stdin can be ended while output still comes. If not, the command must know how much it has to read.
    package let halfCloses: Bool
    private let stream: UpgradedStream
    private let subject: String
    private let state: Mutex<State>

    /// Bytes in one frame: larger gains nothing, smaller costs.
    private static let frameSize = 512 << 10

    init(_ stream: UpgradedStream, codec: some ExecCodec, transport: ExecTransport, subject: String) {
        self.stream = stream
        self.subject = subject
        self.transport = transport
        halfCloses = codec.inputEnd() != nil
        state = Mutex(State(codec: codec))
    }

    /// Opens the command's channels and waits until it takes input, if it is to have any.
    func begin(hasInput: Bool) async throws(ClusterError) {
        let (opening, awaits) = state.withLock { ($0.codec.opening(hasInput: hasInput), $0.codec.awaitsAcceptance) }
        if !opening.isEmpty { stream.post(opening) }
        guard hasInput && awaits else { return }
        while !state.withLock({ $0.outcome.isInputAccepted || $0.outcome.isOver }) {
            guard try await receive() else { return }
        }
    }

    /// Writes to the command's stdin and waits while it is behind. The array is not copied: many sessions may share it.
    /// - Throws: `interrupted` when nobody reads any more; the status may still come.
    package func write(_ bytes: [UInt8]) async throws(ClusterError) {
        try await write(bytes[...])
    }

    package func write(_ bytes: ArraySlice<UInt8>) async throws(ClusterError) {
        var rest = bytes
        while !rest.isEmpty {
            let piece = rest.prefix(Self.frameSize)
            rest = rest.dropFirst(piece.count)
            let header = state.withLock { $0.codec.inputHeader(count: piece.count) }
            try await send([header[...], piece])
        }
    }

    /// Ends the command's stdin; does nothing where the transport can't (`halfCloses`).
    package func closeInput() async throws(ClusterError) {
        guard let end = state.withLock({ $0.codec.inputEnd() }) else { return }
        try await send([end[...]])
    }

    /// What comes next; nil after the status.
    /// - Throws: `interrupted` when the connection ends without a status.
    package func next() async throws(ClusterError) -> ExecEvent? {
        while true {
            if let event = state.withLock({ $0.events.popFirst() }) { return event }
            if state.withLock(\.isStatusGiven) { return nil }
            if state.withLock(\.outcome.isOver) { return .status(try conclude(nil)) }
            let isOpen: Bool
            do throws(ClusterError) {
                isOpen = try await receive()
            } catch {
                if error.kind == .cancelled { throw error }
                return .status(try conclude(error))
            }
            if !isOpen { return .status(try conclude(nil)) }
        }
    }

    /// Ends the connection; the command isn't told and may run on.
    package func close() {
        stream.close()
    }

    /// Keeps proxies from taking a silent command for a dead connection, and gives up on an end that doesn't come.
    func attend(ping: Duration = .seconds(20), grace: Duration = .seconds(30)) async {
        var lastPing = ContinuousClock.now
        while (try? await Task.sleep(for: min(ping, grace) / 5, clock: .continuous)) != nil {
            if lastPing.duration(to: .now) >= ping {
                lastPing = .now
                stream.post(state.withLock { $0.codec.ping() })
            }
            let isStuck = state.withLock { state in
                guard state.outcome.isEnding, let since = state.waitingSince else { return false }
                return since.duration(to: .now) >= grace
            }
            if isStuck { stream.close() }
        }
    }

    /// Takes in one chunk; false at the connection's end.
    private func receive() async throws(ClusterError) -> Bool {
        let chunk: ArraySlice<UInt8>?
        state.withLock { $0.waitingSince = .now }
        defer { state.withLock { $0.waitingSince = nil } }
        do throws(TransferError) {
            chunk = try await stream.read()
        } catch {
            throw failure(error)
        }
        guard let chunk else { return false }
        let replies: [[UInt8]]
        do throws(ExecProtocolError) {
            replies = try take(chunk)
        } catch {
            throw ClusterError(.malformed, subject, error.message)
        }
        for reply in replies { stream.post(reply) }
        return true
    }

    private func take(_ chunk: ArraySlice<UInt8>) throws(ExecProtocolError) -> [[UInt8]] {
        let result: Result<[[UInt8]], ExecProtocolError> = state.withLock { state in
            do throws(ExecProtocolError) {
                let (events, replies) = state.outcome.take(try state.codec.receive(chunk))
                state.events += events
                return .success(replies)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func conclude(_ error: ClusterError?) throws(ClusterError) -> ExecStatus {
        stream.close()
        let status = state.withLock { state in
            state.isStatusGiven = true
            return state.outcome.status
        }
        if let status { return status }
        let isEnding = state.withLock(\.outcome.isEnding)
        throw ClusterError(
            .interrupted, subject,
            isEnding
                ? "the command ended, but its status never came"
                : "the connection ended before the command's status came" + (error.map { ": \($0.message)" } ?? ""),
            hint: isEnding
                ? "did it end without reading all of its input?" : "the command may have run, or may still run")
    }

    private func send(_ chunks: [ArraySlice<UInt8>]) async throws(ClusterError) {
        do throws(TransferError) {
            try await stream.write(chunks)
        } catch {
            throw failure(error)
        }
    }

    /// A session that was closed on this side has been interrupted; only the task itself can be cancelled.
    private func failure(_ error: TransferError) -> ClusterError {
        let isCancelled = error.kind == .cancelled && Task.isCancelled
        return ClusterError(isCancelled ? .cancelled : .interrupted, subject, error.message)
    }
}
