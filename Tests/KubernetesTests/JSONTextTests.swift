import Foundation
import Testing

@testable import Kubernetes

@Suite struct JSONTextTests {
    func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test(
        "values",
        arguments: [
            ("null", nil), (" true ", true), ("false", false), ("0", 0), ("-0", 0), ("-12", -12), ("1.5", 1.5),
            ("1e3", 1000.0),
            ("-1.5E-2", -0.015), ("9223372036854775807", 9_223_372_036_854_775_807),
            ("9223372036854775808", 9_223_372_036_854_775_808.0),
            ("-9223372036854775808", -9_223_372_036_854_775_808), ("\"\"", ""),
            (#""a\"\\\/\b\f\n\r\tb""#, "a\"\\/\u{8}\u{C}\n\r\tb"),
            (#""\u0041\u00e4\u6f22\ud83d\ude80""#, "Aä漢🚀"), ("\"ä漢🚀\"", "ä漢🚀"), (#""\ud83d""#, "\u{FFFD}"),
            (#""\ude80x""#, "\u{FFFD}x"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"), ("[]", []), ("[ 1 , [ ] , {} ]", [1, [], [:]]), ("{}", [:]),
            ("{ \"a\" : { \"b\" : [ null ] } }", ["a": ["b": [nil]]]), ("{\"a\":1,\"a\":2}", ["a": 2]),
        ] as [(String, JSONValue)])
    func values(text: String, expected: JSONValue) throws {
        #expect(try parse(text) == expected)
    }

    @Test(
        "what is no JSON",
        arguments: [
            "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}", "{1:1}",
            "nul", "truex", "01", "+1",
            "1.", ".5", "1e", "1e+", "-", "--1", "NaN", "Infinity", "0x1", "1 2", "\"", "\"\\\"", "\"\\x\"",
            "\"\\u12\"", "\"\\u+123\"", "\"\\u12g4\"", "\"\n\"",
            "\"\t\"", "'a'", "// a\n1", "[1 2]", "{\"a\" 1}", "1e999", "<html>", "\u{FEFF}1",
        ])
    func invalid(text: String) {
        #expect(throws: KubernetesError.self) { try parse(text) }
    }

    @Test(
        "bytes that are no UTF-8",
        arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0x5C, 0x6E, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        #expect(throws: KubernetesError.self) { try JSONValue(parsing: bytes) }
    }

    @Test("depth is bounded", arguments: ["[", "{\"a\":"])
    func depth(opening: String) throws {
        #expect(throws: KubernetesError.self) { try parse(String(repeating: opening, count: 1_000_000)) }
        #expect(try parse(String(repeating: "[", count: 500) + String(repeating: "]", count: 500)).array != nil)
    }

    @Test("what was written is read as it was, and by Foundation too", arguments: 0..<30)
    func roundTrip(seed: UInt64) throws {
        var random = Generator(state: seed)
        let value = random.value(depth: 4)
        let bytes = value.serialized()
        #expect(try JSONValue(parsing: bytes) == value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) == value)
        #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value)
    }

    @Test("keys are sorted, slashes and letters stay as they are")
    func form() {
        let value: JSONValue = ["b": "a/ä\u{1}", "a": 5.0, "c": [true, nil, 0.25]]
        #expect(
            String(decoding: value.serialized(), as: UTF8.self)
                == "{\"a\":5,\"b\":\"a/ä\\u0001\",\"c\":[true,null,0.25]}")
    }

    @Test("damaged text is refused or read, never worse", arguments: 0..<200)
    func damage(seed: UInt64) {
        var random = Generator(state: seed)
        var bytes = random.value(depth: 4).serialized()
        for _ in 0..<3 where !bytes.isEmpty {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        do { _ = try JSONValue(parsing: bytes) } catch { #expect(error is KubernetesError) }
    }
}

private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func text() -> String {
        let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "/", "\n", "\u{1}", "ä", "漢", "🚀", " ", "\u{7F}", "\u{2028}"]
        let count = Int.random(in: 0..<8, using: &self)
        return String(String.UnicodeScalarView((0..<count).map { _ in scalars.randomElement(using: &self) ?? "x" }))
    }

    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &self))
        case 3: return .number(Double.random(in: 0..<1, using: &self) + 0.1)
        case 4: return .string(text())
        case 5: return .array((0..<Int.random(in: 0..<5, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            let members = (0..<Int.random(in: 0..<5, using: &self)).map { _ in (text(), value(depth: depth - 1)) }
            return .object(Dictionary(members) { $1 })
        }
    }
}
