import Testing

@testable import Cluster

struct WebSocketCodecTests {
    private static func frame(_ opcode: UInt8, _ payload: [UInt8], fin: Bool = true) -> [UInt8] {
        let first = (fin ? 0x80 : 0) | opcode
        let count = payload.count
        let length: [UInt8] =
            count < 126
            ? [UInt8(count)]
            : count < 65536
                ? [126, UInt8(count >> 8), UInt8(count & 0xFF)]
                : [
                    127, 0, 0, 0, 0, UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF),
                    UInt8(count & 0xFF),
                ]
        return [first] + length + payload
    }

    @Test(arguments: [1, 2, 3, 5, 1000])
    func `channels, fragments and pings are understood however the bytes are cut`(size: Int) throws {
        var codec = WebSocketCodec(canClose: true)
        let bytes =
            // A server begins with an empty message.
            Self.frame(2, []) + Self.frame(2, [1]) + Self.frame(2, [1] + Array("one ".utf8))
            + Self.frame(2, [1] + Array("message".utf8), fin: false) + Self.frame(9, [4, 2])
            + Self.frame(0, Array(" in ".utf8), fin: false) + Self.frame(0, Array("parts".utf8))
            + Self.frame(2, [2] + [UInt8](repeating: 9, count: 200)) + Self.frame(10, []) + Self.frame(2, [255, 1])
            + Self.frame(2, [3] + Array("{}".utf8)) + Self.frame(2, [77, 1, 2]) + Self.frame(8, [3, 232, 98, 121, 101])
            + Self.frame(2, [1, 1])
        #expect(
            try feed(&codec, bytes, by: size) == [
                .bytes(.output, Array("one message".utf8)[...]), .reply([0x8A, 0x82, 0, 0, 0, 0, 4, 2]),
                .bytes(.output, Array(" in parts".utf8)[...]), .bytes(.errors, [UInt8](repeating: 9, count: 200)[...]),
                .closed(.output), .bytes(.status, Array("{}".utf8)[...]),
                .reply([0x88, 0x82, 0, 0, 0, 0, 3, 232]), .ended,
            ])
    }

    @Test func `a message of 70,000 bytes comes through`() throws {
        var codec = WebSocketCodec(canClose: false)
        let body = (0..<70_000).map { UInt8($0 % 251) }
        #expect(try feed(&codec, Self.frame(2, [1] + body), by: 32_768) == [.bytes(.output, body[...])])
    }

    @Test(
        arguments: [
            (1, [0x80 | 2, 0x81, 0x01]), (126, [0x80 | 2, 0x80 | 126, 0, 127]),
            (70_000, [0x80 | 2, 0x80 | 127, 0, 0, 0, 0, 0, 1, 0x11, 0x71]),
        ] as [(Int, [UInt8])])
    func `stdin goes out masked with zeroes, behind its channel`(count: Int, start: [UInt8]) {
        let header = WebSocketCodec(canClose: true).inputHeader(count: count)
        let expected = count == 1 ? [0x82, 0x82] : start
        #expect(header == expected + [0, 0, 0, 0] + [0])
    }

    @Test func `only version 5 can end stdin`() {
        #expect(WebSocketCodec(canClose: true).inputEnd() == [0x82, 0x82, 0, 0, 0, 0, 255, 0])
        #expect(WebSocketCodec(canClose: false).inputEnd() == nil)
    }

    @Test(
        arguments: [
            ([0x82, 0x81, 1, 2, 3, 4, 5], "a masked WebSocket frame from the server"),
            ([0xC2, 0x00], "a WebSocket extension that nobody asked for"),
            ([0x80, 0x00], "a WebSocket continuation of no message"),
            ([0x02, 0x01, 1, 0x82, 0x00], "a WebSocket message within another"),
            ([0x09, 0x00], "a WebSocket control frame that is fragmented or too long"),
            ([0x89, 126, 0, 126], "a WebSocket control frame that is fragmented or too long"),
            ([0x81, 0x00], "a WebSocket frame of unexpected type 1"),
            (
                [0x82, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0],
                "a WebSocket frame of 18374686479671623680 bytes, expected at most 33554432"
            ),
        ] as [([UInt8], String)])
    func `frames against the rules are refused`(bytes: [UInt8], message: String) {
        var codec = WebSocketCodec(canClose: true)
        let error = #expect(throws: ExecProtocolError.self) { try codec.receive(bytes[...]) }
        #expect(error?.message == message)
    }

    @Test func `random bytes neither crash nor hang`() {
        var random = SplitMix(seed: 11)
        for _ in 0..<2000 {
            var codec = WebSocketCodec(canClose: true)
            let bytes = (0..<64).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            _ = try? codec.receive(bytes[...])
        }
    }
}
