internal import Synchronization

/// A result that the loop's thread hands to one waiting task.
///
/// Waiting doesn't end by cancellation: whoever cancels tells the loop, and the loop keeps its promise with an error.
final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Result<Value, TransferError>, Never>)
        case kept(Result<Value, TransferError>)
    }

    private let state = Mutex(State.open)

    /// Only the first result counts.
    func keep(_ result: Result<Value, TransferError>) {
        let waiting: CheckedContinuation<Result<Value, TransferError>, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .kept(result)
                return nil
            case .awaited(let continuation):
                state = .kept(result)
                return continuation
            case .kept: return nil
            }
        }
        waiting?.resume(returning: result)
    }

    /// To be called once.
    func value() async throws(TransferError) -> Value {
        let result = await withCheckedContinuation { continuation in
            let kept: Result<Value, TransferError>? = state.withLock { state in
                if case .kept(let result) = state { return result }
                state = .awaited(continuation)
                return nil
            }
            if let kept { continuation.resume(returning: kept) }
        }
        return try result.get()
    }
}
