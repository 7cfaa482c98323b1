internal import CCurl

/// A connection of raw bytes on the loop's thread: moves them between libcurl and two pipes until neither side can go on.
final class DuplexConnection {
    let transfer: ActiveTransfer
    let socket: curl_socket_t
    private let incoming: ChunkPipe
    private let outgoing: ChunkPipe
    private var pending: ArraySlice<UInt8> = []
    private var isReadable = true
    private var canSend = true
    private var wantsRoomToWrite = false
    private var isWaitingForReader = false

    /// Bytes a connection may move in one turn before the others get theirs.
    private static let budget = 4 << 20

    init(_ transfer: ActiveTransfer, incoming: ChunkPipe, outgoing: ChunkPipe) throws(TransferError) {
        self.transfer = transfer
        self.incoming = incoming
        self.outgoing = outgoing
        var socket = curl_socket_t()
        try transfer.handle.check(sds_curl_get_socket(transfer.handle.pointer, &socket))
        self.socket = socket
    }

    /// What to wait for. A reader that is behind leaves the bytes in the socket, and so with the sender.
    var events: Int32 {
        var events: Int32 = 0
        if isReadable && !isWaitingForReader { events |= CURL_WAIT_POLLIN }
        if wantsRoomToWrite { events |= CURL_WAIT_POLLOUT }
        return events
    }

    /// Moves what can be moved; true when it stopped for the others' sake only.
    func turn(_ scratch: UnsafeMutableRawBufferPointer) -> Bool {
        let more = receive(scratch)
        return send() || more
    }

    private func receive(_ scratch: UnsafeMutableRawBufferPointer) -> Bool {
        var moved = 0
        while isReadable {
            isWaitingForReader = !incoming.hasRoom()
            if isWaitingForReader { return false }
            if moved >= Self.budget { return true }
            let (count, isDrained) = fill(scratch)
            if count > 0 { incoming.push(ArraySlice(scratch[..<count])) }
            moved += count
            if isDrained { return false }
        }
        return false
    }

    /// TLS gives at most 16 KiB at a time: several of those make one chunk.
    private func fill(_ scratch: UnsafeMutableRawBufferPointer) -> (count: Int, isDrained: Bool) {
        var total = 0
        while total < scratch.count, let start = scratch.baseAddress {
            var count = 0
            switch curl_easy_recv(transfer.handle.pointer, start + total, scratch.count - total, &count) {
            case CURLE_OK where count > 0: total += count
            case CURLE_OK:
                endReceiving(nil, scratch, total)
                return (0, true)
            case CURLE_AGAIN: return (total, true)
            case let code:
                endReceiving(transfer.handle.failure(code), scratch, total)
                return (0, true)
            }
        }
        return (total, false)
    }

    private func endReceiving(_ error: TransferError?, _ scratch: UnsafeMutableRawBufferPointer, _ count: Int) {
        if count > 0 { incoming.push(ArraySlice(scratch[..<count])) }
        isReadable = false
        incoming.finish(error)
        outgoing.cut(error ?? TransferError(.reset, transfer.handle.subject, "the server closed the connection"))
        canSend = false
        wantsRoomToWrite = false
    }

    private func send() -> Bool {
        var moved = 0
        while canSend {
            if pending.isEmpty {
                guard let next = outgoing.take() else {
                    wantsRoomToWrite = false
                    return false
                }
                pending = next
            }
            if moved >= Self.budget { return true }
            // After CURLE_AGAIN, TLS wants the same bytes at the same address again: `pending` is left as it is.
            var count = 0
            let code = pending.withUnsafeBytes {
                curl_easy_send(transfer.handle.pointer, $0.baseAddress, $0.count, &count)
            }
            switch code {
            case CURLE_OK:
                pending = pending.dropFirst(count)
                moved += count
            case CURLE_AGAIN:
                wantsRoomToWrite = true
                return false
            default:
                // The answer may still be on its way: receiving goes on.
                canSend = false
                wantsRoomToWrite = false
                outgoing.cut(transfer.handle.failure(code))
            }
        }
        return false
    }
}
