internal import NIOCore

/// Passes a command's connection on to its wire.
final class ExecHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let wire: ExecWire

    init(_ wire: ExecWire) {
        self.wire = wire
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wire.take(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) {
        wire.gone()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        wire.gone()
        context.close(promise: nil)
    }
}
