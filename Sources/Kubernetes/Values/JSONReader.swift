/// Reads JSON text (RFC 8259) in one pass; lists of thousands of pods make up most of what this program reads.
struct JSONReader {
    /// As deep as the API server goes itself; a recursive reader must stop somewhere.
    private static let deepest = 512

    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// - Throws: `KubernetesError` naming the place in the text.
    static func value(_ text: UnsafeBufferPointer<UInt8>) throws -> JSONValue {
        var reader = JSONReader(text: text)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == text.count else { throw reader.error("more text after the value") }
        return value
    }

    private init(text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    private func error(_ message: String) -> KubernetesError {
        KubernetesError(.invalidReply, "JSON", "\(message) at byte \(position)")
    }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < Self.deepest else { throw error("nested more than \(Self.deepest) levels deep") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{")?: return try object(depth: depth)
        case UInt8(ascii: "[")?: return try array(depth: depth)
        case UInt8(ascii: "\"")?: return .string(try string())
        case UInt8(ascii: "t")?: return try word("true", .bool(true))
        case UInt8(ascii: "f")?: return try word("false", .bool(false))
        case UInt8(ascii: "n")?: return try word("null", .null)
        case nil: throw error("the text ends")
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard position + count <= text.count, (0..<count).allSatisfy({ text[position + $0] == word.utf8Start[$0] })
        else {
            throw error("expected \(word)")
        }
        position += count
        return value
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if next == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("expected a key") }
            let key = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw error("expected a colon") }
            position += 1
            members[key] = try value(depth: depth + 1)
            guard try continues(until: UInt8(ascii: "}")) else { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth + 1))
            guard try continues(until: UInt8(ascii: "]")) else { return .array(elements) }
        }
    }

    private mutating func continues(until end: UInt8) throws -> Bool {
        skipSpace()
        guard let byte = next, byte == end || byte == UInt8(ascii: ",") else {
            throw error("expected a comma or \(end == UInt8(ascii: "}") ? "}" : "]")")
        }
        position += 1
        return byte != end
    }
}

extension JSONReader {
    private mutating func string() throws -> String {
        position += 1
        let start = position
        while let byte = next {
            if byte == UInt8(ascii: "\"") {
                guard let string = String(validating: text[start..<position], as: UTF8.self) else {
                    throw error("not UTF-8")
                }
                position += 1
                return string
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw error("a control character in a text") }
            position += 1
        }
        throw error("the text ends")
    }

    /// The slow way, for texts with escapes; what was read so far is taken over.
    private mutating func escapedString(from start: Int) throws -> String {
        var bytes = Array(text[start..<position])
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: bytes, as: UTF8.self) else { throw error("not UTF-8") }
                return string
            case UInt8(ascii: "\\"): try escape(into: &bytes)
            case ..<0x20: throw error("a control character in a text")
            default: bytes.append(byte)
            }
        }
        throw error("the text ends")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws {
        guard let byte = next else { throw error("the text ends") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "u"): bytes.append(contentsOf: String(try scalar()).utf8)
        default: throw error("an unknown escape")
        }
    }

    private mutating func scalar() throws -> Unicode.Scalar {
        let first = try unit()
        guard (0xD800...0xDFFF).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        // Half a pair, as Go's and Python's writers may leave it, becomes the replacement character.
        guard first < 0xDC00, position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
            text[position + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        let before = position
        position += 2
        let second = try unit()
        guard (0xDC00...0xDFFF).contains(second) else {
            position = before
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func unit() throws -> UInt32 {
        guard position + 4 <= text.count, text[position] != UInt8(ascii: "+"), text[position] != UInt8(ascii: "-"),
            let value = UInt32(String(decoding: text[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw error("expected four hexadecimal digits") }
        position += 4
        return value
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?`
    private mutating func number() throws -> JSONValue {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let first = next
        let whole = digits()
        guard whole > 0, whole == 1 || first != UInt8(ascii: "0") else { throw error("expected a value") }
        var isInteger = true
        if next == UInt8(ascii: ".") {
            position += 1
            isInteger = false
            guard digits() > 0 else { throw error("expected a digit") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            isInteger = false
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { throw error("expected a digit") }
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        if isInteger, let value = Int64(digits) { return .integer(value) }
        guard let value = Double(digits), value.isFinite else { throw error("a number too large") }
        return .number(value)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }
}
