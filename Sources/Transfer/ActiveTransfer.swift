internal import CCurl

/// A transfer that the loop's thread carries out: takes what libcurl's callbacks bring to whoever waits for it.
final class ActiveTransfer {
    let job: TransferJob
    let handle: EasyHandle
    private var head = TransferHead(status: 0)
    private var body: [UInt8] = []
    private var unsent: ArraySlice<UInt8>
    private var isTooLarge = false
    private(set) var isPaused = false

    init(_ job: TransferJob) throws(TransferError) {
        self.job = job
        unsent = (job.request.body ?? [])[...]
        handle = try EasyHandle(subject: job.request.subject)
        try handle.configure(job.request)
        switch job.sink {
        case .whole: try handle.configureExchange(job.request, isStream: false)
        case .stream: try handle.configureExchange(job.request, isStream: true)
        case .duplex: try handle.configureDuplex()
        }
        // Unretained: the loop holds this object until libcurl has let go of the handle.
        let context = Unmanaged.passUnretained(self).toOpaque()
        try handle.check(sds_curl_set_receivers(handle.pointer, receiveHeader, receiveBody, context))
        try handle.check(sds_curl_set_source(handle.pointer, sendBody, context))
    }

    /// libcurl is done with the transfer.
    func complete(_ code: CURLcode) {
        if code != CURLE_OK {
            job.fail(isTooLarge ? tooLarge : handle.failure(code))
            return
        }
        switch job.sink {
        case .whole(let promise): promise.keep(.success(TransferResponse(head: head, body: body)))
        case .stream(let promise, let pipe):
            // An answer without a body may end before its head was handed over.
            promise.keep(.success(head))
            pipe.finish()
        case .duplex(let connected, _, _): connected.keep(.success(()))
        }
    }

    /// The reader has room again.
    func unpause() {
        guard isPaused else { return }
        isPaused = false
        // Calls `receive(body:)` with what was held back, at once. An error shows as the transfer's own.
        _ = curl_easy_pause(handle.pointer, CURLPAUSE_CONT)
    }

    fileprivate func receive(header line: UnsafeBufferPointer<UInt8>) {
        let text = String(decoding: line, as: UTF8.self).prefix { !$0.isNewline }
        if text.hasPrefix("HTTP/") {
            // After `100 Continue` comes another head.
            head = TransferHead(status: text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
        } else if !text.isEmpty {
            _ = head.headers.append(line: text)
        } else if case .stream(let promise, _) = job.sink, head.status >= 200 {
            promise.keep(.success(head))
        }
    }

    fileprivate func receive(body bytes: UnsafeBufferPointer<UInt8>) -> Int {
        switch job.sink {
        case .whole:
            guard body.count + bytes.count <= job.request.responseLimit else {
                isTooLarge = true
                return 0
            }
            body.append(contentsOf: bytes)
        case .stream(_, let pipe):
            guard pipe.hasRoom() else {
                isPaused = true
                return sds_curl_pause
            }
            pipe.push(ArraySlice(bytes))
        case .duplex: break
        }
        return bytes.count
    }

    fileprivate func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let piece = unsent.prefix(buffer.count)
        buffer.copyBytes(from: piece)
        unsent = unsent.dropFirst(piece.count)
        return piece.count
    }

    private var tooLarge: TransferError {
        TransferError(.tooLarge, handle.subject, "the answer is larger than \(job.request.responseLimit) bytes")
    }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> ActiveTransfer? {
    context.map { Unmanaged<ActiveTransfer>.fromOpaque($0).takeUnretainedValue() }
}

private func bytes(
    _ start: UnsafeMutablePointer<CChar>?, _ count: Int
) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(UnsafeMutableRawBufferPointer(start: start, count: count).bindMemory(to: UInt8.self))
}

private func receiveHeader(
    _ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    transfer(context)?.receive(header: bytes(start, size * count))
    return size * count
}

private func receiveBody(
    _ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    transfer(context)?.receive(body: bytes(start, size * count)) ?? 0
}

private func sendBody(
    _ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    transfer(context)?.send(into: UnsafeMutableRawBufferPointer(start: start, count: size * count)) ?? 0
}
