/// Takes a JSON object of lists apart while it comes, so that a file of any size costs the memory of one element.
///
/// What an element holds is not looked at beyond its end; `JSONValue(parsing:)` does that.
package struct JSONElements {
    package struct Element: Sendable {
        /// The member of the outer object.
        package let key: String
        /// The position in the member's list; nil when the member isn't a list and this is its value.
        package let index: Int?
        /// The line on which the element begins, from 1.
        package let line: Int
        package let text: [UInt8]
    }

    private enum Place {
        case start, firstKey, key, colon, value, firstElement, element, afterElement, afterMember, end
    }

    /// More than this is no element of a file that people write.
    private static let largest = 8 << 20

    /// The outer object's members, in their order; a key that stands twice is here twice.
    package private(set) var keys: [String] = []
    private var place = Place.start
    private var line = 1
    private var index = 0
    private var text: [UInt8] = []
    private var firstLine = 1
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    package init() {}

    /// - Throws: `KubernetesError` with the line where the text is no object of lists, and what `body` throws.
    package mutating func take(_ bytes: some Sequence<UInt8>, _ body: (Element) throws -> Void) throws {
        for byte in bytes {
            if byte == 0x0A { line += 1 }
            if try collect(byte, body) { continue }
            try step(byte)
        }
    }

    /// - Throws: `KubernetesError` when the text ended too early.
    package func finish() throws {
        guard place == .end, text.isEmpty else { throw error("the text ends too early") }
    }

    private func error(_ message: String) -> KubernetesError {
        KubernetesError(.invalidReply, "line \(line)", message)
    }

    /// - Returns: false when the byte belongs to no key, value or element.
    private mutating func collect(_ byte: UInt8, _ body: (Element) throws -> Void) throws -> Bool {
        if text.isEmpty { return try begin(byte) }
        let isScalar = depth == 0 && !isInString
        if isScalar, Self.isSpace(byte) || [0x2C, 0x5D, 0x7D].contains(byte) {
            try emit(body)
            return false
        }
        text.append(byte)
        guard text.count <= Self.largest else { throw error("a value of more than \(Self.largest >> 20) MiB") }
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
                if depth == 0 { try emit(body) }
            }
        } else if byte == UInt8(ascii: "\"") {
            isInString = true
        } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
            depth += 1
        } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
            depth -= 1
            if depth == 0 { try emit(body) }
        }
        return true
    }

    private mutating func begin(_ byte: UInt8) throws -> Bool {
        guard !Self.isSpace(byte) else { return false }
        let isString = byte == UInt8(ascii: "\"")
        switch place {
        case .firstKey, .key: guard isString else { return false }
        case .value: guard byte != UInt8(ascii: "[") else { return false }
        case .firstElement: guard byte != UInt8(ascii: "]") else { return false }
        case .element: break
        default: return false
        }
        (text, firstLine) = ([byte], line)
        isInString = isString
        depth = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") ? 1 : 0
        return true
    }

    private mutating func emit(_ body: (Element) throws -> Void) throws {
        let whole = text
        text = []
        switch place {
        case .firstKey, .key:
            guard let key = try? JSONValue(parsing: whole).string else { throw error("a key that can't be read") }
            keys.append(key)
            place = .colon
        case .value:
            place = .afterMember
            try body(Element(key: keys.last ?? "", index: nil, line: firstLine, text: whole))
        default:
            place = .afterElement
            let element = Element(key: keys.last ?? "", index: index, line: firstLine, text: whole)
            index += 1
            try body(element)
        }
    }

    private mutating func step(_ byte: UInt8) throws {
        guard !Self.isSpace(byte) else { return }
        switch (place, byte) {
        case (.start, UInt8(ascii: "{")): place = .firstKey
        case (.firstKey, UInt8(ascii: "}")), (.afterMember, UInt8(ascii: "}")): place = .end
        case (.colon, UInt8(ascii: ":")): place = .value
        case (.value, UInt8(ascii: "[")): (place, index) = (.firstElement, 0)
        case (.firstElement, UInt8(ascii: "]")), (.afterElement, UInt8(ascii: "]")): place = .afterMember
        case (.afterElement, UInt8(ascii: ",")): place = .element
        case (.afterMember, UInt8(ascii: ",")): place = .key
        default: throw error("expected \(expected), found '\(Character(Unicode.Scalar(byte)))'")
        }
    }

    private var expected: String {
        switch place {
        case .start: "an object"
        case .firstKey, .key: "a key"
        case .colon: "a colon"
        case .value, .firstElement, .element: "a value"
        case .afterElement: "a comma or ]"
        case .afterMember: "a comma or }"
        case .end: "nothing more"
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
