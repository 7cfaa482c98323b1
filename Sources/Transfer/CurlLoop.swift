internal import CCurl

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// HTTP over libcurl: two threads carry all transfers, any number of tasks wait for them.
///
/// Ordinary requests share HTTP/2 connections; streams and upgraded connections have an HTTP/1.1 connection each. libcurl
/// must not see both kinds in one pool: where a server has an HTTP/2 connection, 7.88 takes a busy HTTP/1.1 one for as good
/// (`ConnectionExists` in its url.c), and two answers get mixed up. So each kind has a multi handle and a thread of its own.
/// The threads end with the last reference; what is still running then is cancelled.
package final class CurlLoop: Sendable {
    private let exchanges: LoopInbox
    private let streams: LoopInbox

    private static let isInitialized = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// - Throws: `TransferError` when libcurl or the thread can't start.
    package init() throws(TransferError) {
        guard Self.isInitialized else { throw TransferError(.refused, "libcurl", "can't be initialised") }
        exchanges = try Self.start()
        do {
            streams = try Self.start()
        } catch {
            exchanges.close()
            throw error
        }
    }

    deinit {
        exchanges.close()
        streams.close()
    }

    /// A multi handle with its thread.
    private static func start() throws(TransferError) -> LoopInbox {
        guard let multi = curl_multi_init() else { throw TransferError(.refused, "libcurl", "is out of memory") }
        let inbox = LoopInbox(LoopInbox.MultiHandle(pointer: multi))
        do {
            try startThread(inbox)
        } catch {
            curl_multi_cleanup(multi)
            throw error
        }
        return inbox
    }

    /// The whole answer, whatever its status.
    package func response(to request: TransferRequest) async throws(TransferError) -> TransferResponse {
        try request.validate()
        let promise = Promise<TransferResponse>()
        let id = exchanges.nextID()
        exchanges.send(.start(TransferJob(id: id, request: request, sink: .whole(promise))))
        return try await cancelling(id, of: exchanges) { () async throws(TransferError) in try await promise.value() }
    }

    /// The answer's head, and its body as it comes.
    package func stream(_ request: TransferRequest) async throws(TransferError) -> TransferStream {
        try request.validate()
        let promise = Promise<TransferHead>()
        let (id, inbox) = (streams.nextID(), streams)
        let body = ChunkPipe(capacity: 256 << 10, subject: request.subject) { inbox.send(.attend(id)) }
        inbox.send(.start(TransferJob(id: id, request: request, sink: .stream(head: promise, body: body))))
        let ticket = TransferTicket(id, loop: self, inbox)
        let head = try await withDeadline(request.timeout, request.subject) { () async throws(TransferError) in
            try await self.cancelling(id, of: inbox) { () async throws(TransferError) in try await promise.value() }
        }
        return TransferStream(head: head, body: body, ticket: ticket)
    }

    /// Only the connection.
    func connect(_ request: TransferRequest) async throws(TransferError) -> UpgradedStream {
        try request.validate()
        let promise = Promise<Void>()
        let (id, inbox) = (streams.nextID(), streams)
        let incoming = ChunkPipe(capacity: 512 << 10, subject: request.subject) { inbox.send(.attend(id)) }
        let outgoing = ChunkPipe(capacity: 512 << 10, subject: request.subject) { inbox.send(.attend(id)) }
        let sink = TransferJob.Sink.duplex(connected: promise, incoming: incoming, outgoing: outgoing)
        inbox.send(.start(TransferJob(id: id, request: request, sink: sink)))
        let ticket = TransferTicket(id, loop: self, inbox)
        let stream = UpgradedStream(incoming: incoming, outgoing: outgoing, ticket: ticket)
        try await cancelling(id, of: inbox) { () async throws(TransferError) in try await promise.value() }
        return stream
    }

    private func cancelling<Value: Sendable>(
        _ id: UInt64, of inbox: LoopInbox, _ wait: () async throws(TransferError) -> Value
    ) async throws(TransferError) -> Value {
        let result: Result<Value, TransferError> = await withTaskCancellationHandler {
            do throws(TransferError) {
                return .success(try await wait())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            inbox.send(.cancel(id))
        }
        return try result.get()
    }
}

/// Ends a transfer when nobody holds its stream any more.
final class TransferTicket: Sendable {
    private let id: UInt64
    /// Held: the threads live as long as a stream does.
    private let loop: CurlLoop
    private let inbox: LoopInbox

    init(_ id: UInt64, loop: CurlLoop, _ inbox: LoopInbox) {
        self.id = id
        self.loop = loop
        self.inbox = inbox
    }

    func cancel() {
        inbox.send(.cancel(id))
    }

    deinit {
        cancel()
    }
}

private func startThread(_ inbox: LoopInbox) throws(TransferError) {
    let context = Unmanaged.passRetained(inbox)
    #if canImport(Glibc)
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { runLoop($0) }, context.toOpaque())
        let isStarted = code == 0
        if isStarted { pthread_detach(thread) }
    #else
        var thread: pthread_t?
        let code = pthread_create(&thread, nil, { runLoop($0) }, context.toOpaque())
        let isStarted = code == 0
        if let thread, isStarted { pthread_detach(thread) }
    #endif
    if !isStarted {
        context.release()
        throw TransferError(.refused, "libcurl", "can't start its thread: error \(code)")
    }
}

private func runLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    // TLS writes to a connection that is gone would otherwise end the process.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    LoopEngine(Unmanaged<LoopInbox>.fromOpaque(context).takeRetainedValue()).run()
    return nil
}
