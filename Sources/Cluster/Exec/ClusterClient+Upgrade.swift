internal import FoundationEssentials
internal import Kubernetes
internal import Logging
internal import Synchronization
internal import Transfer

extension ClusterClient {
    /// A session by the transport that works here: until one has worked, SPDY is tried and then WebSocket.
    func openExec(
        _ target: ExecTarget, _ command: [String], hasInput: Bool
    ) async throws(ClusterError) -> ExecSession {
        if let only = settings.execTransport ?? provenTransport.withLock(\.self) {
            return try await open(only, target, command, hasInput, settings.requestTimeout)
        }
        let refusal: ClusterError
        do throws(ClusterError) {
            let session = try await open(.spdy, target, command, hasInput, settings.execFallback)
            provenTransport.withLock { $0 = .spdy }
            return session
        } catch {
            guard error.mayBeTransport else { throw error }
            refusal = error
        }
        logger?.debug("SPDY refused, trying WebSocket", metadata: ["error": "\(refusal)"])
        do throws(ClusterError) {
            let session = try await open(.webSocket, target, command, hasInput, settings.requestTimeout)
            provenTransport.withLock { $0 = .webSocket }
            return session
        } catch {
            // A refusal in the API server's own words says more than a proxy's.
            throw refusal.reason.isEmpty ? error : refusal
        }
    }

    private func open(
        _ transport: ExecTransport, _ target: ExecTarget, _ command: [String], _ hasInput: Bool, _ timeout: Duration
    ) async throws(ClusterError) -> ExecSession {
        let request = APIRequest.exec(
            namespace: target.namespace, pod: target.pod, container: target.container, command: command,
            stdin: hasInput, method: transport == .spdy ? .post : .get)
        let fields = transport == .spdy ? Self.spdyFields : Self.webSocketFields()
        let outcome = try await exchange(request, timeout: timeout, isExec: true) {
            (transfer: TransferRequest) async throws(TransferError) in
            var transfer = transfer
            for (name, value) in fields { transfer.headers.append(name, value) }
            return try await self.loop.upgrade(transfer)
        }
        guard case .upgraded(let stream, let head) = outcome else {
            throw ClusterError(
                .malformed, target.subject, "the server answered \(outcome.head.status) instead of an upgrade",
                status: outcome.head.status)
        }
        switch (transport, head.headers[Self.protocolField(transport)]) {
        case (.spdy, Self.version4):
            return ExecSession(stream, codec: SPDYCodec(), transport: transport, subject: target.subject)
        case (.webSocket, .some(let version)) where version == Self.version4 || version == Self.version5:
            return ExecSession(
                stream, codec: WebSocketCodec(canClose: version == Self.version5), transport: transport,
                subject: target.subject)
        case (_, let version):
            throw ClusterError(
                .malformed, target.subject, "expected the protocol \(Self.version4), found \(version ?? "none")")
        }
    }

    private static let version4 = "v4.channel.k8s.io"
    private static let version5 = "v5.channel.k8s.io"

    private static func protocolField(_ transport: ExecTransport) -> String {
        transport == .spdy ? "X-Stream-Protocol-Version" : "Sec-WebSocket-Protocol"
    }

    private static let spdyFields = [
        ("Upgrade", "SPDY/3.1"), (protocolField(.spdy), version4), ("Content-Length", "0"),
    ]

    private static func webSocketFields() -> [(String, String)] {
        let key = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
        return [
            ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key),
            // On two lines only the first would count.
            (protocolField(.webSocket), "\(version5), \(version4)"),
        ]
    }
}

extension ClusterError {
    /// Whether another transport may fare better.
    fileprivate var mayBeTransport: Bool {
        switch kind {
        case .notFound, .unauthorized, .cancelled, .tls, .credential, .configuration: false
        default: true
        }
    }
}
