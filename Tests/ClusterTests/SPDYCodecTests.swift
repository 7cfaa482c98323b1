import Testing

@testable import Cluster

/// Signals of one channel that follow each other directly, as one: how bytes are cut must not matter.
func joined(_ signals: [ExecSignal]) -> [ExecSignal] {
    signals.reduce(into: []) { result, signal in
        if case .bytes(let channel, let bytes) = signal, case .bytes(channel, let before)? = result.last {
            result[result.count - 1] = .bytes(channel, ArraySlice(Array(before) + Array(bytes)))
        } else if case .bytes(let channel, let bytes) = signal {
            result.append(.bytes(channel, ArraySlice(Array(bytes))))
        } else {
            result.append(signal)
        }
    }
}

/// Feeds bytes in pieces of a size.
func feed(_ codec: inout some ExecCodec, _ bytes: [UInt8], by size: Int) throws -> [ExecSignal] {
    var signals: [ExecSignal] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        signals += try codec.receive(rest.prefix(size))
        rest = rest.dropFirst(size)
    }
    return joined(signals)
}

struct SPDYCodecTests {
    private static func control(_ type: UInt8, flags: UInt8 = 0, _ payload: [UInt8]) -> [UInt8] {
        [0x80, 3, 0, type, flags, 0, 0, UInt8(payload.count)] + payload
    }

    private static func data(_ stream: UInt8, _ bytes: [UInt8], fin: Bool = false) -> [UInt8] {
        [0, 0, 0, stream, fin ? 1 : 0, 0, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
    }

    @Test func `an exec opens four streams, each half-closed but stdin`() {
        var codec = SPDYCodec()
        let bytes = codec.opening(hasInput: true)
        // SYN_STREAM 1 with FIN: header, id, associated, priority, zlib header with dictionary, stored block, sync marker.
        let block: [UInt8] =
            [0, 0, 0, 1, 0, 0, 0, 10] + Array("streamtype".utf8) + [0, 0, 0, 5] + Array("error".utf8)
        let first: [UInt8] =
            [0x80, 3, 0, 1, 1, 0, 0, 53] + [0, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [0x78, 0xBB, 0xE3, 0xC6, 0xA7, 0xC2]
            + [0, 27, 0, 0xE4, 0xFF] + block + [0, 0, 0, 0xFF, 0xFF]
        #expect(Array(bytes.prefix(61)) == first)
        #expect(Array(bytes[61..<69]) == [0x80, 3, 0, 1, 0, 0, 0, 47])
        #expect(Array(bytes[69..<73]) == [0, 0, 0, 3])
        let names = ["error", "stdin", "stdout", "stderr"]
        let text = String(decoding: bytes.map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
        #expect(names.allSatisfy { text.contains($0) })
        var other = SPDYCodec()
        #expect(
            !String(decoding: other.opening(hasInput: false).map { $0 < 128 ? $0 : 63 }, as: UTF8.self).contains(
                "stdin"))
    }

    @Test(arguments: [1, 2, 3, 5, 8, 13, 1000])
    func `an exec's answer is understood however the bytes are cut`(size: Int) throws {
        var codec = SPDYCodec()
        let bytes =
            // SYN_REPLY with a compressed header block that nobody reads; SETTINGS; WINDOW_UPDATE.
            Self.control(2, [0, 0, 0, 3, 0x78, 0xBB, 1, 2, 3, 4, 5, 6, 7, 8, 9])
            + Self.control(4, [0, 0, 0, 0]) + Self.control(9, [0, 0, 0, 1, 0, 0, 1, 0])
            + Self.data(5, Array("out".utf8)) + Self.data(7, Array("err".utf8), fin: true)
            + Self.data(5, Array("put".utf8)) + Self.control(6, [0, 0, 0, 2]) + Self.control(6, [0, 0, 0, 1])
            + Self.data(5, [], fin: true) + Self.data(1, Array("{}".utf8)) + Self.control(3, [0, 0, 0, 1, 0, 0, 0, 5])
            + Self.control(7, [0, 0, 0, 0, 0, 0, 0, 0])
        #expect(
            try feed(&codec, bytes, by: size) == [
                .accepted(.input), .bytes(.output, Array("out".utf8)[...]), .bytes(.errors, Array("err".utf8)[...]),
                .closed(.errors), .bytes(.output, Array("put".utf8)[...]),
                // The server's ping is answered, the answer to ours isn't.
                .reply(Self.control(6, [0, 0, 0, 2])), .closed(.output), .bytes(.status, Array("{}".utf8)[...]),
                .closed(.status),
            ])
    }

    @Test func `stdin is framed, and ended by an empty frame`() {
        let codec = SPDYCodec()
        #expect(codec.inputHeader(count: 0x012345) == [0, 0, 0, 3, 0, 1, 0x23, 0x45])
        #expect(codec.inputEnd() == [0, 0, 0, 3, 1, 0, 0, 0])
    }

    @Test func `our pings are odd and differ`() {
        var codec = SPDYCodec()
        #expect(codec.ping() == Self.control(6, [0, 0, 0, 1]))
        #expect(codec.ping() == Self.control(6, [0, 0, 0, 3]))
    }

    @Test func `another version of SPDY is refused`() {
        var codec = SPDYCodec()
        let error = #expect(throws: ExecProtocolError.self) { try codec.receive([0x80, 2, 0, 2, 0, 0, 0, 4]) }
        #expect(error?.message == "expected SPDY version 3, found 2")
    }

    @Test func `frames of unknown streams and types are skipped`() throws {
        var codec = SPDYCodec()
        let bytes =
            Self.data(9, [1, 2, 3]) + Self.control(8, [0, 0, 0, 5, 1]) + Self.control(1, [0, 0, 0, 2, 1])
            + Self.data(5, [7])
        #expect(try feed(&codec, bytes, by: 4) == [.bytes(.output, [7])])
    }

    @Test func `random bytes neither crash nor hang`() {
        var random = SplitMix(seed: 7)
        for _ in 0..<2000 {
            var codec = SPDYCodec()
            let bytes = (0..<64).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            _ = try? codec.receive(bytes[...])
        }
    }
}

/// The same numbers in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
