internal import NIOCore
internal import NIOHTTP2

/// One TCP connection, for what is done to it as a whole.
final class Connection: Sendable {
    let root: any Channel

    init(_ root: any Channel) {
        self.root = root
    }

    /// Ends it below TLS: a peer sees a FIN in the middle, or an RST.
    func cut(reset: Bool) {
        let root = root
        root.eventLoop.execute {
            if let wire = try? root.pipeline.syncOperations.handler(type: WireHandler.self) {
                wire.cut(reset: reset)
            }
        }
    }

    /// HTTP/2: no further streams, and those above `last` were never looked at.
    func goAway(last: Int) async throws {
        let frame = HTTP2Frame(
            streamID: .rootStream,
            payload: .goAway(lastStreamID: HTTP2StreamID(last), errorCode: .noError, opaqueData: nil))
        try await root.writeAndFlush(frame).get()
    }
}
