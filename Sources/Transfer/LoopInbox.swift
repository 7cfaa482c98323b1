internal import CCurl
internal import Synchronization

/// What tasks ask of the loop's thread.
enum LoopCommand: Sendable {
    case start(TransferJob)
    case cancel(UInt64)
    /// A pipe of this transfer has room, or bytes, again.
    case attend(UInt64)
}

/// One transfer on its way to the thread.
struct TransferJob: Sendable {
    enum Sink: Sendable {
        case whole(Promise<TransferResponse>)
        case stream(head: Promise<TransferHead>, body: ChunkPipe)
        /// Only connect; then bytes both ways.
        case duplex(connected: Promise<Void>, incoming: ChunkPipe, outgoing: ChunkPipe)
    }

    var id: UInt64
    var request: TransferRequest
    var sink: Sink

    func fail(_ error: TransferError) {
        switch sink {
        case .whole(let promise): promise.keep(.failure(error))
        case .stream(let head, let body):
            head.keep(.failure(error))
            body.finish(error)
        case .duplex(let connected, let incoming, let outgoing):
            connected.keep(.failure(error))
            incoming.finish(error)
            outgoing.cut(error)
        }
    }
}

/// The one door between tasks and the loop's thread.
final class LoopInbox: Sendable {
    private struct State {
        var commands: [LoopCommand] = []
        var isClosed = false
        var lastID: UInt64 = 0
    }

    /// Safe to share: other threads use it for `curl_multi_wakeup` alone, which libcurl allows while the handle exists;
    /// that it does is what `isClosed` says, under the lock.
    struct MultiHandle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    let multi: MultiHandle
    private let state = Mutex(State())

    init(_ multi: MultiHandle) {
        self.multi = multi
    }

    func nextID() -> UInt64 {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    func send(_ command: LoopCommand) {
        let refused = state.withLock { state in
            if state.isClosed { return true }
            state.commands.append(command)
            if state.commands.count == 1 { curl_multi_wakeup(multi.pointer) }
            return false
        }
        if refused, case .start(let job) = command { job.fail(.cancelled(job.request.subject)) }
    }

    /// Lets the thread end.
    func close() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            curl_multi_wakeup(multi.pointer)
        }
    }

    /// Nil when the thread shall end: then nobody uses the multi handle any more.
    func take() -> [LoopCommand]? {
        state.withLock { state in
            if state.isClosed { return nil }
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// What came in before the inbox was closed and was not taken.
    func rest() -> [LoopCommand] {
        state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }
}
