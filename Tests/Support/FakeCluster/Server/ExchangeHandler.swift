internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2

/// Gathers a request, and starts the task that answers it.
final class ExchangeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ServerPart
    typealias OutboundOut = HTTPServerResponsePart
    typealias Serving = @Sendable (FakeRequest, Exchange) async -> Void

    private let connection: Connection
    private let wire: FakeClusterSettings.Wire
    private let stream: Int
    private let serve: Serving
    private var request: FakeRequest?
    private var version = HTTPVersion.http1_1
    private var task: Task<Void, Never>?
    /// A client that has the whole body may ask again before the answer's end is written.
    private var isAnswering = false
    private var next: FakeRequest?

    init(_ connection: Connection, _ wire: FakeClusterSettings.Wire, stream: Int, serve: @escaping Serving) {
        self.connection = connection
        self.wire = wire
        self.stream = stream
        self.serve = serve
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            version = head.version
            request = FakeRequest(
                method: head.method.rawValue, target: head.uri,
                headers: head.headers.map { ($0.name.lowercased(), $0.value) }, wire: wire)
            if request?.header("expect") == "100-continue" {
                let head = HTTPResponseHead(version: version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            }
        case .body(let buffer): request?.body += Array(buffer.readableBytesView)
        case .end:
            guard let request else { return }
            self.request = nil
            if isAnswering { next = request } else { answer(request, context) }
        }
    }

    private func answer(_ request: FakeRequest, _ context: ChannelHandlerContext) {
        isAnswering = true
        let exchange = Exchange(channel: context.channel, connection: connection, wire: wire, stream: stream)
        task = Task { [serve] in await serve(request, exchange) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let status, let headers):
            let head = HTTPResponseHead(
                version: version, status: HTTPResponseStatus(statusCode: status),
                headers: HTTPHeaders(headers.map { ($0.name, $0.value) }))
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes):
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: promise)
        case .end:
            context.write(wrapOutboundOut(.end(nil)), promise: promise)
            isAnswering = false
            if let request = next {
                next = nil
                answer(request, context)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        task?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        task?.cancel()
        context.close(promise: nil)
    }
}
