/// RFC 6455 from the server's side, with Kubernetes' channel numbers.
struct WebSocketServerCodec: ServerCodec {
    /// Whether `FF n` closes channel n.
    let closesChannels: Bool
    private var buffer: [UInt8] = []
    private var message: [UInt8] = []

    init(closesChannels: Bool) {
        self.closesChannels = closesChannels
    }

    var awaitsChannels: Bool { false }

    mutating func receive(_ bytes: [UInt8]) throws -> [ClientSignal] {
        buffer += bytes
        var signals: [ClientSignal] = []
        var offset = 0
        while let frame = try Self.frame(in: buffer[offset...]) {
            offset += frame.size
            switch frame.opcode {
            case 0, 2:
                message += frame.payload
                if frame.isFinal {
                    signals += take(message)
                    message = []
                }
            case 8: signals += [.reply(Self.bytes(8, frame.payload.prefix(2))), .ended]
            case 9: signals.append(.reply(Self.bytes(10, frame.payload[...])))
            case 10: break
            default: throw CodecError(message: "unexpected opcode \(frame.opcode)")
            }
        }
        buffer.removeFirst(offset)
        return signals
    }

    private func take(_ message: [UInt8]) -> [ClientSignal] {
        switch message.first {
        case 0: return message.count > 1 ? [.input(Array(message.dropFirst()))] : []
        case 255 where closesChannels && message.dropFirst().first == 0: return [.inputEnded]
        default: return []
        }
    }

    private static func frame(
        in bytes: ArraySlice<UInt8>
    ) throws -> (opcode: UInt8, isFinal: Bool, payload: [UInt8], size: Int)? {
        let head = Array(bytes.prefix(14))
        guard head.count >= 2 else { return nil }
        guard head[1] & 0x80 != 0 else { throw CodecError(message: "an unmasked frame from the client") }
        let short = Int(head[1] & 0x7F)
        let extra = short == 126 ? 2 : short == 127 ? 8 : 0
        guard head.count >= 6 + extra else { return nil }
        let length = extra == 0 ? short : head[2..<2 + extra].reduce(0) { $0 << 8 | Int($1) }
        guard length <= 32 << 20 else { throw CodecError(message: "a message of \(length) bytes") }
        let size = 6 + extra + length
        guard bytes.count >= size else { return nil }
        let mask = Array(head[2 + extra..<6 + extra])
        var payload = Array(bytes.prefix(size).dropFirst(6 + extra))
        if mask != [0, 0, 0, 0] {
            for index in payload.indices { payload[index] ^= mask[index % 4] }
        }
        return (head[0] & 0x0F, head[0] & 0x80 != 0, payload, size)
    }

    func frame(_ channel: StreamChannel, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Self.bytes(2, [channel.rawValue] + bytes)
    }

    func farewell() -> [UInt8] { Self.bytes(8, [0x03, 0xE8]) }

    private static func bytes(_ opcode: UInt8, _ payload: some Collection<UInt8>) -> [UInt8] {
        let count = payload.count
        let length: [UInt8] =
            switch count {
            case ..<126: [UInt8(count)]
            case ..<65536: [126, UInt8(count >> 8), UInt8(count & 0xFF)]
            default: [127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
            }
        return [0x80 | opcode] + length + payload
    }
}
