internal import Synchronization

/// A bounded queue of byte chunks between tasks and the loop's thread, in either direction.
///
/// Tasks wait; the thread never does: it asks, and is told by `onChange` when asking again is worth while. Chunks are
/// passed on without a copy, so one buffer can feed many pipes.
final class ChunkPipe: Sendable {
    private struct State {
        var chunks: [ArraySlice<UInt8>] = []
        var first = 0
        var count = 0
        /// Set once: no more chunks come, because of an error or not.
        var end: Result<Void, TransferError>?
        /// The thread asked in vain and wants to hear when that changes.
        var isThreadWaiting = false
        var waiters = Waiters()
        var lastWaiter: UInt64 = 0
        /// Counts what may end a task's wait, so that nothing is missed between looking and sleeping.
        var changes: UInt64 = 0

        mutating func pop() -> ArraySlice<UInt8>? {
            guard first < chunks.count else { return nil }
            let chunk = chunks[first]
            chunks[first] = []
            first += 1
            if first == chunks.count {
                chunks.removeAll(keepingCapacity: true)
                first = 0
            } else if first == 64 {
                chunks.removeFirst(first)
                first = 0
            }
            count -= chunk.count
            return chunk
        }

        mutating func push(_ chunk: ArraySlice<UInt8>) {
            chunks.append(chunk)
            count += chunk.count
        }

        mutating func wake() -> [CheckedContinuation<Void, Never>] {
            changes &+= 1
            return waiters.removeAll()
        }
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let subject: String
    private let onChange: @Sendable () -> Void

    /// - Parameters:
    ///   - capacity: Bytes from which on a sender waits; the queue holds at most this and one chunk more.
    ///   - onChange: Wakes the loop's thread.
    init(capacity: Int, subject: String, onChange: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.subject = subject
        self.onChange = onChange
    }

    /// Ends the pipe; what is in it can still be read.
    func finish(_ error: TransferError? = nil) {
        end(error, dropping: false)
    }

    /// Ends the pipe for both sides at once.
    func cut(_ error: TransferError) {
        end(error, dropping: true)
    }

    private func end(_ error: TransferError?, dropping: Bool) {
        let woken = state.withLock { state in
            if dropping {
                state.chunks = []
                state.first = 0
                state.count = 0
            }
            if state.end == nil { state.end = error.map(Result.failure) ?? .success(()) }
            return state.wake()
        }
        for waiter in woken { waiter.resume() }
    }
}

/// The thread's side.
extension ChunkPipe {
    /// Whether a chunk may be pushed; if not, `onChange` says when.
    func hasRoom() -> Bool {
        state.withLock { state in
            if state.count < capacity { return true }
            state.isThreadWaiting = true
            return false
        }
    }

    func push(_ chunk: ArraySlice<UInt8>) {
        let woken = state.withLock { state in
            guard state.end == nil else { return [CheckedContinuation<Void, Never>]() }
            state.push(chunk)
            return state.wake()
        }
        for waiter in woken { waiter.resume() }
    }

    /// Nil when nothing is there yet; then `onChange` says when.
    func take() -> ArraySlice<UInt8>? {
        let (chunk, woken) = state.withLock { state in
            guard let chunk = state.pop() else {
                state.isThreadWaiting = true
                return (ArraySlice<UInt8>?.none, [CheckedContinuation<Void, Never>]())
            }
            return (chunk, state.count < capacity ? state.wake() : [])
        }
        for waiter in woken { waiter.resume() }
        return chunk
    }
}

/// The tasks' side.
extension ChunkPipe {
    private enum Step<Value> {
        case done(Value, tellThread: Bool)
        case failed(TransferError)
        case wait
    }

    /// Waits for room. One task sends at a time, or chunks of several mix.
    func send(_ chunk: ArraySlice<UInt8>) async throws(TransferError) {
        try await send([chunk])
    }

    /// Several chunks as one: nothing comes between them.
    func send(_ chunks: [ArraySlice<UInt8>]) async throws(TransferError) {
        try await repeating { (state: inout State) -> Step<Void> in
            switch state.end {
            case .failure(let error): return .failed(error)
            case .success: return .failed(TransferError(.reset, subject, "the connection was closed"))
            case nil: break
            }
            guard state.count < capacity else { return .wait }
            for chunk in chunks where !chunk.isEmpty { state.push(chunk) }
            defer { state.isThreadWaiting = false }
            return .done((), tellThread: state.isThreadWaiting)
        }
    }

    /// Sends at once, room or not: for the few bytes that a reader owes the other side.
    func post(_ chunk: ArraySlice<UInt8>) {
        let tellThread = state.withLock { state in
            guard state.end == nil else { return false }
            state.push(chunk)
            defer { state.isThreadWaiting = false }
            return state.isThreadWaiting
        }
        if tellThread { onChange() }
    }

    /// The next chunk; nil at the end.
    func next() async throws(TransferError) -> ArraySlice<UInt8>? {
        try await repeating { (state: inout State) -> Step<ArraySlice<UInt8>?> in
            if let chunk = state.pop() {
                // Not at every chunk: the thread is woken when half of the room is there again.
                guard state.isThreadWaiting, state.count <= capacity / 2 else { return .done(chunk, tellThread: false) }
                state.isThreadWaiting = false
                return .done(chunk, tellThread: true)
            }
            switch state.end {
            case .failure(let error): return .failed(error)
            case .success: return .done(nil, tellThread: false)
            case nil: return .wait
            }
        }
    }

    /// Puts back what was read too much.
    func unread(_ chunk: ArraySlice<UInt8>) {
        guard !chunk.isEmpty else { return }
        state.withLock { state in
            state.chunks.insert(chunk, at: state.first)
            state.count += chunk.count
        }
    }

    private func repeating<Value>(
        _ step: (inout State) -> Step<Value>
    ) async throws(TransferError) -> Value {
        while true {
            let (result, seen) = state.withLock { (step(&$0), $0.changes) }
            switch result {
            case .done(let value, let tellThread):
                if tellThread { onChange() }
                return value
            case .failed(let error): throw error
            case .wait:
                if Task.isCancelled { throw .cancelled(subject) }
                await sleep(unlessChangedSince: seen)
            }
        }
    }

    private func sleep(unlessChangedSince seen: UInt64) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isPointless = state.withLock { state in
                    if Task.isCancelled || state.changes != seen { return true }
                    state.waiters.add(id, continuation)
                    return false
                }
                if isPointless { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.remove(id) }?.resume()
        }
    }
}
