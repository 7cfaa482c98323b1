internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import NIOPosix
internal import NIOSSL

/// The listening socket with TLS, HTTP/1.1 and HTTP/2 behind it.
struct Listener: Sendable {
    private let channel: any Channel
    let port: Int

    /// - Parameter port: 0 for any that is free.
    init(
        _ settings: FakeClusterSettings, port: Int, ledger: Ledger, serve: @escaping ExchangeHandler.Serving
    ) async throws {
        let certificate = settings.certificate
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try NIOSSLCertificate(bytes: certificate.certificate, format: .pem))],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: certificate.key, format: .pem)))
        tls.applicationProtocols = settings.wires.map(\.rawValue)
        let context = try NIOSSLContext(configuration: tls)
        let canSpeakHTTP2 = settings.wires.contains(.http2)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                ledger.connected()
                return Self.prepare(channel, context, canSpeakHTTP2: canSpeakHTTP2, serve)
            }
            .bind(host: "127.0.0.1", port: port).get()
        self.port = channel.localAddress?.port ?? port
    }

    func close() async throws {
        try await channel.close().get()
    }

    private static func prepare(
        _ channel: any Channel, _ context: NIOSSLContext, canSpeakHTTP2: Bool,
        _ serve: @escaping ExchangeHandler.Serving
    ) -> EventLoopFuture<Void> {
        let connection = Connection(channel)
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([WireHandler(), NIOSSLServerHandler(context: context)])
        }.flatMap {
            guard canSpeakHTTP2 else { return speakHTTP1(channel, connection, serve) }
            return channel.configureHTTP2SecureUpgrade(
                h2ChannelConfigurator: { speakHTTP2($0, connection, serve) },
                http1ChannelConfigurator: { speakHTTP1($0, connection, serve) })
        }
    }

    private static func speakHTTP1(
        _ channel: any Channel, _ connection: Connection, _ serve: @escaping ExchangeHandler.Serving
    ) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HTTPResponseEncoder(), name: HandlerName.encoder)
            try pipeline.addHandler(
                ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)),
                name: HandlerName.decoder)
            try pipeline.addHandler(
                ExchangeHandler(connection, .http1, stream: 0, serve: serve), name: HandlerName.exchange)
        }
    }

    private static func speakHTTP2(
        _ channel: any Channel, _ connection: Connection, _ serve: @escaping ExchangeHandler.Serving
    ) -> EventLoopFuture<Void> {
        // NIO's guards against floods take a busy client for an attacker: libcurl resets a stream that it has read to its end.
        let many = 1 << 30
        var connections = NIOHTTP2Handler.ConnectionConfiguration()
        connections.maximumConnectionGlitches = many
        connections.controlFrameRateLimit.maximumCount = many
        var streams = NIOHTTP2Handler.StreamConfiguration()
        streams.streamResetFrameRateLimit.maximumCount = many
        streams.streamErrorRateLimit.maximumCount = many
        return channel.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connections, streamConfiguration: streams
        ) { stream in
            stream.getOption(HTTP2StreamChannelOptions.streamID).flatMapThrowing { id in
                try stream.pipeline.syncOperations.addHandlers([
                    HTTP2FramePayloadToHTTP1ServerCodec(),
                    ExchangeHandler(connection, .http2, stream: Int(id), serve: serve),
                ])
            }
        }.map { _ in }
    }
}
