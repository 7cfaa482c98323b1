/// The four streams of an exec, seen from the client.
enum ExecChannel: Hashable, Sendable, CaseIterable {
    case input
    case output
    case errors
    /// On which the server says how it ended.
    case status
}

/// What a codec found in the bytes.
enum ExecSignal: Hashable, Sendable {
    /// The server takes bytes on this channel now.
    case accepted(ExecChannel)
    case bytes(ExecChannel, ArraySlice<UInt8>)
    case closed(ExecChannel)
    /// To be sent back, at once.
    case reply([UInt8])
    /// Nothing comes any more.
    case ended
}

/// The bytes break the protocol's rules; nothing behind them can be understood.
struct ExecProtocolError: Error, Hashable {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}

/// A wire format as a value: bytes in, signals out, and frames for what shall be sent. No sockets, no clock.
protocol ExecCodec: Sendable {
    /// Sent first.
    mutating func opening(hasInput: Bool) -> [UInt8]
    mutating func receive(_ bytes: ArraySlice<UInt8>) throws(ExecProtocolError) -> [ExecSignal]
    /// What precedes a number of bytes on stdin.
    func inputHeader(count: Int) -> [UInt8]
    /// Ends stdin; nil where the protocol can't.
    func inputEnd() -> [UInt8]?
    mutating func ping() -> [UInt8]
    /// Input has to wait for `accepted(.input)`.
    var awaitsAcceptance: Bool { get }
}
