internal import CCurl

/// What runs on the loop's thread: the only owner of libcurl's handles.
final class LoopEngine {
    private let inbox: LoopInbox
    private let multi: UnsafeMutableRawPointer
    private var transfers: [UInt64: ActiveTransfer] = [:]
    private var ids: [UnsafeMutableRawPointer: UInt64] = [:]
    private var duplexes: [UInt64: DuplexConnection] = [:]
    /// Connections that can go on without waiting for their socket.
    private var ready: Set<UInt64> = []
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

    init(_ inbox: LoopInbox) {
        self.inbox = inbox
        multi = inbox.multi.pointer
        sds_curl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    deinit {
        scratch.deallocate()
    }

    func run() {
        while let commands = inbox.take() {
            for command in commands { carryOut(command) }
            attendDuplexes()
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            completeTransfers()
            wait()
        }
        shutDown()
    }

    private func carryOut(_ command: LoopCommand) {
        switch command {
        case .start(let job): start(job)
        case .cancel(let id):
            guard let transfer = transfers[id] else { return }
            remove(id)
            transfer.job.fail(.cancelled(transfer.handle.subject))
        case .attend(let id):
            if duplexes[id] != nil {
                ready.insert(id)
            } else {
                transfers[id]?.unpause()
            }
        }
    }

    private func start(_ job: TransferJob) {
        do throws(TransferError) {
            let transfer = try ActiveTransfer(job)
            let code = curl_multi_add_handle(multi, transfer.handle.pointer)
            guard code == CURLM_OK else {
                throw TransferError(
                    .refused, transfer.handle.subject, String(cString: curl_multi_strerror(code)))
            }
            transfers[job.id] = transfer
            ids[transfer.handle.pointer] = job.id
        } catch {
            job.fail(error)
        }
    }

    private func remove(_ id: UInt64) {
        duplexes[id] = nil
        ready.remove(id)
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        ids[transfer.handle.pointer] = nil
        curl_multi_remove_handle(multi, transfer.handle.pointer)
    }

    private func attendDuplexes() {
        let now = ready
        ready = []
        for id in now where duplexes[id]?.turn(scratch) == true { ready.insert(id) }
    }

    private func completeTransfers() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let id = ids[handle], let transfer = transfers[id]
            else { continue }
            let code = sds_curl_result(message)
            guard code == CURLE_OK, case .duplex(_, let incoming, let outgoing) = transfer.job.sink else {
                remove(id)
                transfer.complete(code)
                continue
            }
            // The handle stays with libcurl: without it the connection would be closed.
            do throws(TransferError) {
                duplexes[id] = try DuplexConnection(transfer, incoming: incoming, outgoing: outgoing)
                ready.insert(id)
                transfer.complete(code)
            } catch {
                remove(id)
                transfer.job.fail(error)
            }
        }
    }

    private func wait() {
        var order: [UInt64] = []
        var waits: [curl_waitfd] = []
        for (id, connection) in duplexes {
            let events = connection.events
            guard events != 0 else { continue }
            order.append(id)
            waits.append(curl_waitfd(fd: connection.socket, events: Int16(events), revents: 0))
        }
        // libcurl 7.88 may hold bytes of one HTTP/2 stream that it read while it worked for another, with no timer that
        // says so: while an answer is awaited it is asked often enough that nobody notices.
        let isAnswerAwaited = transfers.values.contains { if case .whole = $0.job.sink { true } else { false } }
        let milliseconds: Int32 = !ready.isEmpty ? 0 : isAnswerAwaited ? 50 : 60_000
        curl_multi_poll(multi, &waits, UInt32(waits.count), milliseconds, nil)
        for (id, wait) in zip(order, waits) where wait.revents != 0 { ready.insert(id) }
    }

    private func shutDown() {
        for (id, transfer) in transfers {
            remove(id)
            transfer.job.fail(.cancelled(transfer.handle.subject))
        }
        for case .start(let job) in inbox.rest() { job.fail(.cancelled(job.request.subject)) }
        curl_multi_cleanup(multi)
    }
}
