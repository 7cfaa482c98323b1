internal import NIOCore
internal import NIOHTTP1

/// One request's way back.
struct Exchange: Sendable {
    /// The connection's on HTTP/1.1, the stream's on HTTP/2.
    let channel: any Channel
    let connection: Connection
    let wire: FakeClusterSettings.Wire
    /// HTTP/2's number of it; 0 on HTTP/1.1.
    let stream: Int

    func send(_ part: ServerPart) async throws {
        try await channel.writeAndFlush(part).get()
    }

    /// Sends without waiting for it.
    func post(_ part: ServerPart) {
        channel.writeAndFlush(part, promise: nil)
    }

    /// Turns the connection into that of a command.
    func upgrade(_ handshake: ExecHandshake) async throws -> ExecWire {
        guard wire == .http1 else { throw CodecError(message: "an upgrade of HTTP/2") }
        let wire = ExecWire(handshake, channel: channel, connection: connection)
        for name in [HandlerName.decoder, HandlerName.encoder, HandlerName.exchange] {
            try await channel.pipeline.removeHandler(name: name).get()
        }
        let channel = channel
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(ExecHandler(wire))
        }.get()
        let fields = handshake.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        try await wire.raw(Array("HTTP/1.1 101 Switching Protocols\r\n\(fields)\r\n".utf8))
        return wire
    }
}

enum HandlerName {
    static let decoder = "decoder"
    static let encoder = "encoder"
    static let exchange = "exchange"
}
