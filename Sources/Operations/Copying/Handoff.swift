internal import Dispatch
internal import Synchronization

/// Hands chunks from a task to a thread that may wait, one at a time: the task goes on when the thread takes the next.
final class Handoff: Sendable {
    private struct State {
        var chunk: [UInt8]?
        var giver: CheckedContinuation<Bool, Never>?
        var hasEnded = false
        var isRefused = false
    }

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)

    /// - Returns: false when the thread takes no more.
    func give(_ chunk: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            let isRefused = state.withLock { state in
                if state.isRefused { return true }
                state.chunk = chunk
                state.giver = continuation
                return false
            }
            if isRefused { continuation.resume(returning: false) } else { arrival.signal() }
        }
    }

    /// Nothing comes any more.
    func end() {
        state.withLock { $0.hasEnded = true }
        arrival.signal()
    }

    /// The thread's side: waits for the next chunk; nil at the end.
    func take() -> [UInt8]? {
        while true {
            let (chunk, giver, hasEnded) = state.withLock { state in
                defer {
                    state.chunk = nil
                    state.giver = nil
                }
                return (state.chunk, state.giver, state.hasEnded)
            }
            giver?.resume(returning: true)
            if let chunk { return chunk }
            if hasEnded { return nil }
            arrival.wait()
        }
    }

    /// The thread's side: takes no more.
    func refuse() {
        let giver = state.withLock { state in
            state.isRefused = true
            defer { state.giver = nil }
            return state.giver
        }
        giver?.resume(returning: false)
    }
}
