/// What a server says to the wish for another protocol.
package enum UpgradeOutcome: Sendable {
    case upgraded(UpgradedStream, TransferHead)
    case refused(TransferResponse)
}

extension CurlLoop {
    /// Asks for another protocol by HTTP/1.1. The request's headers name it; `Host` and `Connection` are added.
    ///
    /// Nothing is retried, and a refusal is no error: its answer is handed back whole (at most 1 MiB of it).
    package func upgrade(_ request: TransferRequest) async throws(TransferError) -> UpgradeOutcome {
        try await withDeadline(request.timeout, request.subject) { () async throws(TransferError) in
            let stream = try await self.connect(request)
            try await stream.write(Self.head(of: request))
            var parser = HTTPHeadParser()
            while let chunk = try await stream.read() {
                switch parser.take(chunk) {
                case .needsMore: continue
                case .malformed(let what): throw TransferError(.malformed, request.subject, what)
                case .head(let head, let rest) where head.status == 101:
                    stream.incoming.unread(rest)
                    return .upgraded(stream, head)
                case .head(let head, let rest):
                    let body = try await Self.body(of: head, beginning: rest, from: stream)
                    return .refused(TransferResponse(head: head, body: body))
                }
            }
            throw TransferError(.reset, request.subject, "the server closed the connection without an answer")
        }
    }

    private static func head(of request: TransferRequest) -> [UInt8] {
        var text = "\(request.method) \(request.url.target) HTTP/1.1\r\nHost: \(request.url.authority)\r\n"
        text += "Connection: Upgrade\r\n"
        for field in request.headers.fields { text += "\(field.name): \(field.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    private static func body(
        of head: TransferHead, beginning: ArraySlice<UInt8>, from stream: UpgradedStream
    ) async throws(TransferError) -> [UInt8] {
        var reader = HTTPBodyReader(head)
        reader.take(beginning)
        while !reader.isComplete && reader.count < 1 << 20 {
            guard let chunk = try await stream.read() else { break }
            reader.take(chunk)
        }
        return reader.body
    }
}
