/// The channels of an exec, by their WebSocket numbers.
enum StreamChannel: UInt8, Sendable, CaseIterable {
    case input = 0
    case output = 1
    case errors = 2
    case status = 3
}

/// What a client's bytes come to.
enum ClientSignal: Sendable {
    case opened(StreamChannel)
    case input([UInt8])
    case inputEnded
    case reply([UInt8])
    case ended
}

/// The server's side of an exec's wire format.
protocol ServerCodec: Sendable {
    /// Whether the client opens the channels one by one.
    var awaitsChannels: Bool { get }
    mutating func receive(_ bytes: [UInt8]) throws -> [ClientSignal]
    func frame(_ channel: StreamChannel, _ bytes: ArraySlice<UInt8>) -> [UInt8]
    /// All is said: closes the channels.
    func farewell() -> [UInt8]
}

/// Bytes that are no frames.
struct CodecError: Error {
    var message: String
}
