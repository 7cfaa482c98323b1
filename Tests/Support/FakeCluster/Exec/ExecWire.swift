internal import NIOCore
internal import Synchronization

/// The connection of a running command.
final class ExecWire: Sendable {
    enum Input: Sendable {
        case bytes([UInt8])
        case end
    }

    private struct State: Sendable {
        var codec: any ServerCodec
        var missing: Set<StreamChannel>
    }

    private let channel: any Channel
    private let connection: Connection
    private let state: Mutex<State>
    private let hasBegun = AsyncStream<Void>.makeStream()
    private let arrivals = AsyncStream<Input>.makeStream()

    init(_ handshake: ExecHandshake, channel: any Channel, connection: Connection) {
        self.channel = channel
        self.connection = connection
        let codec = handshake.codec
        state = Mutex(State(codec: codec, missing: codec.awaitsChannels ? handshake.channels : []))
        if !codec.awaitsChannels { hasBegun.continuation.finish() }
    }

    var input: AsyncStream<Input> { arrivals.stream }

    /// Until the client has opened its channels; false when it has gone.
    func begin() async {
        for await _ in hasBegun.stream {}
    }

    func take(_ bytes: [UInt8]) {
        let signals = state.withLock { (try? $0.codec.receive(bytes)) ?? [.ended] }
        for signal in signals {
            switch signal {
            case .opened(let channel):
                if state.withLock({ $0.missing.remove(channel) != nil && $0.missing.isEmpty }) {
                    hasBegun.continuation.finish()
                }
            case .input(let bytes): arrivals.continuation.yield(.bytes(bytes))
            case .inputEnded: arrivals.continuation.yield(.end)
            case .reply(let bytes): channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
            case .ended: gone()
            }
        }
    }

    func gone() {
        hasBegun.continuation.finish()
        arrivals.continuation.finish()
    }

    func send(_ stream: StreamChannel, _ bytes: ArraySlice<UInt8>) async throws {
        try await raw(state.withLock { $0.codec.frame(stream, bytes) })
    }

    func raw(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func close() async throws {
        try await raw(state.withLock { $0.codec.farewell() })
        try await channel.close().get()
    }

    func cut(reset: Bool) { connection.cut(reset: reset) }
}
