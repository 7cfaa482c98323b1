/// Kubernetes' channels over WebSocket (RFC 6455): each binary message begins with its channel's number.
///
/// Messages are passed on as they come, never gathered. Our mask is zero, which servers accept and which costs nothing.
struct WebSocketCodec: ExecCodec {
    private enum Part {
        case header
        case payload
    }

    private struct Frame {
        var opcode: UInt8 = 0
        var isFinal = true
        var left = 0
    }

    private static let channels: [UInt8: ExecChannel] = [0: .input, 1: .output, 2: .errors, 3: .status]
    private static let closeChannel: UInt8 = 255
    /// A frame that is larger is no exec's: servers send 32 KiB at a time.
    private static let largestFrame = 32 << 20

    /// From v5 on a channel can be closed alone.
    let canClose: Bool
    private var part = Part.header
    private var header: [UInt8] = []
    private var frame = Frame()
    /// Of the message that is coming in, over all its fragments; nil before its first byte.
    private var channel: UInt8?
    private var isInMessage = false
    /// What a control frame, or a message on the close channel, holds.
    private var small: [UInt8] = []
    private var isClosed = false

    init(canClose: Bool) {
        self.canClose = canClose
    }

    var awaitsAcceptance: Bool { false }

    mutating func opening(hasInput: Bool) -> [UInt8] { [] }

    func inputHeader(count: Int) -> [UInt8] {
        Self.frameHeader(opcode: 2, count: count + 1) + [0]
    }

    func inputEnd() -> [UInt8]? {
        canClose ? Self.frameHeader(opcode: 2, count: 2) + [Self.closeChannel, 0] : nil
    }

    mutating func ping() -> [UInt8] {
        Self.frameHeader(opcode: 9, count: 0)
    }

    mutating func receive(_ bytes: ArraySlice<UInt8>) throws(ExecProtocolError) -> [ExecSignal] {
        var signals: [ExecSignal] = []
        var rest = bytes
        while !rest.isEmpty && !isClosed {
            switch part {
            case .header:
                header.append(rest.removeFirst())
                guard header.count >= 2, header.count == Self.headerLength(header) else { continue }
                try beginFrame()
                if frame.left == 0 { signals += endFrame() }
            case .payload:
                let piece = rest.prefix(frame.left)
                rest = rest.dropFirst(piece.count)
                frame.left -= piece.count
                signals += take(piece)
                if frame.left == 0 { signals += endFrame() }
            }
        }
        return signals
    }

    private static func headerLength(_ header: [UInt8]) -> Int {
        switch header[1] & 0x7F {
        case 126: 4
        case 127: 10
        default: 2
        }
    }

    private mutating func beginFrame() throws(ExecProtocolError) {
        defer { header = [] }
        guard header[0] & 0x70 == 0 else { throw ExecProtocolError("a WebSocket extension that nobody asked for") }
        guard header[1] & 0x80 == 0 else { throw ExecProtocolError("a masked WebSocket frame from the server") }
        let short = Int(header[1] & 0x7F)
        let length = short < 126 ? UInt64(short) : header[2...].reduce(0) { $0 << 8 | UInt64($1) }
        guard length <= Self.largestFrame else {
            throw ExecProtocolError("a WebSocket frame of \(length) bytes, expected at most \(Self.largestFrame)")
        }
        frame = Frame(opcode: header[0] & 0x0F, isFinal: header[0] & 0x80 != 0, left: Int(length))
        switch frame.opcode {
        case 0:
            guard isInMessage else { throw ExecProtocolError("a WebSocket continuation of no message") }
        case 2:
            guard !isInMessage else { throw ExecProtocolError("a WebSocket message within another") }
            isInMessage = true
            channel = nil
            small = []
        case 8, 9, 10:
            guard frame.isFinal, length <= 125 else {
                throw ExecProtocolError("a WebSocket control frame that is fragmented or too long")
            }
        case let opcode: throw ExecProtocolError("a WebSocket frame of unexpected type \(opcode)")
        }
        part = .payload
    }

    private var isControl: Bool { frame.opcode >= 8 }

    private mutating func take(_ piece: ArraySlice<UInt8>) -> [ExecSignal] {
        if isControl {
            small += piece
            return []
        }
        var piece = piece
        if channel == nil { channel = piece.popFirst() }
        guard let channel, !piece.isEmpty else { return [] }
        if channel == Self.closeChannel {
            return piece.compactMap { Self.channels[$0] }.map { .closed($0) }
        }
        return Self.channels[channel].map { [.bytes($0, piece)] } ?? []
    }

    private mutating func endFrame() -> [ExecSignal] {
        part = .header
        if frame.opcode == 0 || frame.opcode == 2 {
            if frame.isFinal { isInMessage = false }
            return []
        }
        defer { small = [] }
        switch frame.opcode {
        case 9: return [.reply(Self.frameHeader(opcode: 10, count: small.count) + small)]
        case 8:
            isClosed = true
            // The code is given back; a text is not needed.
            let code = Array(small.prefix(2))
            return [.reply(Self.frameHeader(opcode: 8, count: code.count) + code), .ended]
        default: return []
        }
    }

    /// A final frame with a mask of four zeroes.
    private static func frameHeader(opcode: UInt8, count: Int) -> [UInt8] {
        let first = 0x80 | opcode
        let mask: [UInt8] = [0, 0, 0, 0]
        switch count {
        case ..<126: return [first, 0x80 | UInt8(count)] + mask
        case ..<65536: return [first, 0x80 | 126, UInt8(count >> 8), UInt8(count & 0xFF)] + mask
        default:
            let length = UInt64(count)
            return [first, 0x80 | 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) } + mask
        }
    }
}
