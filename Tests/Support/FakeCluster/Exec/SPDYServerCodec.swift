/// SPDY/3.1 from the server's side, as far as an exec of ours needs it: headers come uncompressed.
struct SPDYServerCodec: ServerCodec {
    private static let names: [(text: String, channel: StreamChannel)] = [
        ("stdin", .input), ("stdout", .output), ("stderr", .errors), ("error", .status),
    ]
    private var buffer: [UInt8] = []
    private var streams: [UInt32: StreamChannel] = [:]
    private var hasReplied = false

    var awaitsChannels: Bool { true }

    mutating func receive(_ bytes: [UInt8]) throws -> [ClientSignal] {
        buffer += bytes
        var signals: [ClientSignal] = []
        var offset = 0
        while buffer.count - offset >= 8 {
            let header = Array(buffer[offset..<offset + 8])
            let length = Int(Self.number(header[5..<8]))
            guard buffer.count - offset >= 8 + length else { break }
            signals += try take(header, Array(buffer[offset + 8..<offset + 8 + length]))
            offset += 8 + length
        }
        buffer.removeFirst(offset)
        return signals
    }

    private mutating func take(_ header: [UInt8], _ payload: [UInt8]) throws -> [ClientSignal] {
        let word = Self.number(header[0..<4])
        let isLast = header[4] & 1 != 0
        if word & 0x8000_0000 == 0 {
            guard streams[word] == .input else { return [] }
            return (payload.isEmpty ? [] : [.input(payload)]) + (isLast ? [.inputEnded] : [])
        }
        switch word & 0xFFFF {
        case 1: return try open(payload)
        case 6: return Self.number(payload[0..<4]) % 2 == 1 ? [.reply(Self.control(6, payload))] : []
        case 7: return [.ended]
        default: return []
        }
    }

    private mutating func open(_ payload: [UInt8]) throws -> [ClientSignal] {
        guard payload.count > 10 else { throw CodecError(message: "a SYN_STREAM of \(payload.count) bytes") }
        let text = String(decoding: payload[10...], as: UTF8.self)
        guard let channel = Self.names.first(where: { text.contains($0.text) })?.channel else {
            throw CodecError(message: "a stream without a readable streamtype")
        }
        let id = Self.number(payload[0..<4])
        streams[id] = channel
        // No headers, as a stored block; zlib's own header comes once a connection.
        let headers: [UInt8] =
            (hasReplied ? [] : [0x78, 0xBB, 0xE3, 0xC6, 0xA7, 0xC2])
            + [0x00, 0x04, 0x00, 0xFB, 0xFF, 0, 0, 0, 0] + [0x00, 0x00, 0x00, 0xFF, 0xFF]
        hasReplied = true
        return [.reply(Self.control(2, Self.bytes(id) + headers)), .opened(channel)]
    }

    func frame(_ channel: StreamChannel, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard let id = id(of: channel) else { return [] }
        return Self.bytes(id) + [0] + Self.length(bytes.count) + bytes
    }

    func farewell() -> [UInt8] {
        [StreamChannel.output, .errors, .status].compactMap(id).flatMap { Self.bytes($0) + [1, 0, 0, 0] }
    }

    private func id(of channel: StreamChannel) -> UInt32? {
        streams.first { $0.value == channel }?.key
    }

    private static func control(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0x80, 0x03, 0x00, type, 0] + length(payload.count) + payload
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    private static func length(_ count: Int) -> [UInt8] { Array(bytes(UInt32(count)).dropFirst()) }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
