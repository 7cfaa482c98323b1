/// SPDY/3.1 as far as an exec needs it.
///
/// Header blocks are compressed with zlib and a dictionary by the protocol. Ours are: but with stored blocks, that is
/// uncompressed ones. Theirs say nothing we need, so they are skipped unread. There is no flow control in use.
struct SPDYCodec: ExecCodec {
    private enum Part {
        case header
        case control(type: UInt16, flags: UInt8)
        case data(stream: UInt32, isLast: Bool)
    }

    private static let streams: [(id: UInt32, channel: ExecChannel, name: String)] = [
        (1, .status, "error"), (3, .input, "stdin"), (5, .output, "stdout"), (7, .errors, "stderr"),
    ]
    private static let inputStream: UInt32 = 3
    private static let finFlag: UInt8 = 1

    private var part = Part.header
    private var header: [UInt8] = []
    /// What of the current frame is still to come.
    private var left = 0
    /// The first bytes of a control frame: enough for all that we look at.
    private var control: [UInt8] = []
    private var lastPing: UInt32 = 0

    var awaitsAcceptance: Bool { true }

    func inputHeader(count: Int) -> [UInt8] {
        Self.bytes(Self.inputStream) + [0] + Self.length(count)
    }

    func inputEnd() -> [UInt8]? {
        Self.bytes(Self.inputStream) + [Self.finFlag] + Self.length(0)
    }

    mutating func ping() -> [UInt8] {
        // A client's are odd.
        lastPing = lastPing == 0 ? 1 : lastPing &+ 2
        return Self.controlFrame(6, Self.bytes(lastPing))
    }

    mutating func opening(hasInput: Bool) -> [UInt8] {
        var frames: [UInt8] = []
        var isFirst = true
        for stream in Self.streams where hasInput || stream.channel != .input {
            // Half-closed: only stdin goes from us to them.
            let flags = stream.channel == .input ? 0 : Self.finFlag
            let payload = Self.bytes(stream.id) + Self.bytes(0) + [0, 0] + Self.headers(stream.name, isFirst: isFirst)
            frames += Self.controlFrame(1, payload, flags: flags)
            isFirst = false
        }
        return frames
    }

    mutating func receive(_ bytes: ArraySlice<UInt8>) throws(ExecProtocolError) -> [ExecSignal] {
        var signals: [ExecSignal] = []
        var rest = bytes
        while !rest.isEmpty {
            switch part {
            case .header:
                let missing = rest.prefix(8 - header.count)
                header += missing
                rest = rest.dropFirst(missing.count)
                if header.count == 8 { signals += try beginFrame() }
            case .control(let type, let flags):
                let piece = rest.prefix(left)
                control += piece.prefix(max(0, 8 - control.count))
                rest = rest.dropFirst(piece.count)
                left -= piece.count
                if left == 0 { signals += endControl(type, flags) }
            case .data(let stream, let isLast):
                let piece = rest.prefix(left)
                rest = rest.dropFirst(piece.count)
                left -= piece.count
                if let channel = Self.channel(stream) { signals.append(.bytes(channel, piece)) }
                if left == 0 {
                    part = .header
                    if isLast { signals += Self.closed(stream) }
                }
            }
        }
        return signals
    }

    private mutating func beginFrame() throws(ExecProtocolError) -> [ExecSignal] {
        defer { header = [] }
        let word = Self.number(header[0..<4])
        let flags = header[4]
        left = Int(Self.number(header[5..<8]))
        if word & 0x8000_0000 == 0 {
            let isLast = flags & Self.finFlag != 0
            if left > 0 {
                part = .data(stream: word, isLast: isLast)
                return []
            }
            return isLast ? Self.closed(word) : []
        }
        let version = (word >> 16) & 0x7FFF
        guard version == 3 else { throw ExecProtocolError("expected SPDY version 3, found \(version)") }
        let type = UInt16(word & 0xFFFF)
        control = []
        if left == 0 { return endControl(type, flags) }
        part = .control(type: type, flags: flags)
        return []
    }

    private mutating func endControl(_ type: UInt16, _ flags: UInt8) -> [ExecSignal] {
        part = .header
        guard control.count >= 4 else { return [] }
        let id = Self.number(control[0..<4])
        switch type {
        case 2:
            guard let channel = Self.channel(id) else { return [] }
            return [.accepted(channel)] + (flags & Self.finFlag != 0 ? [.closed(channel)] : [])
        case 3: return Self.closed(id)
        // The server's pings are even; odd ones are answers to ours.
        case 6 where id % 2 == 0: return [.reply(Self.controlFrame(6, Self.bytes(id)))]
        default: return []
        }
    }

    private static func channel(_ stream: UInt32) -> ExecChannel? {
        streams.first { $0.id == stream }?.channel
    }

    private static func closed(_ stream: UInt32) -> [ExecSignal] {
        channel(stream).map { [.closed($0)] } ?? []
    }
}

extension SPDYCodec {
    /// The one header `streamtype` as a zlib stream: a stored block, and an empty one that makes the reader go on.
    private static func headers(_ streamType: String, isFirst: Bool) -> [UInt8] {
        let name = Array("streamtype".utf8)
        let value = Array(streamType.utf8)
        let block = bytes(1) + bytes(UInt32(name.count)) + name + bytes(UInt32(value.count)) + value
        let count = UInt16(block.count)
        // zlib's own header with the checksum of SPDY's dictionary comes once a connection.
        return (isFirst ? [0x78, 0xBB, 0xE3, 0xC6, 0xA7, 0xC2] : [])
            + [0x00, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)] + block
            + [0x00, 0x00, 0x00, 0xFF, 0xFF]
    }

    private static func controlFrame(_ type: UInt16, _ payload: [UInt8], flags: UInt8 = 0) -> [UInt8] {
        [0x80, 0x03, UInt8(type >> 8), UInt8(type & 0xFF), flags] + length(payload.count) + payload
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }

    /// A frame's length has 24 bits.
    private static func length(_ count: Int) -> [UInt8] {
        precondition(count < 1 << 24, "a SPDY frame holds less than 16 MiB")
        return Array(bytes(UInt32(count)).dropFirst())
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
