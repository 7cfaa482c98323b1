/// Writes values as lines of YAML that every reader takes for those values, and takes lines apart.
enum YAMLBlock {
    /// `KEY: value`, or the key's line and the lines below it.
    static func lines(_ key: String, _ value: ConfigurationValue, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let head = margin + scalar(key) + ":"
        switch value {
        case .null: return [head]
        case .list(let elements) where elements.allSatisfy { $0.list == nil && $0.members == nil }:
            return ["\(head) [\(elements.map { inline($0) }.joined(separator: ", "))]"]
        case .list(let elements): return [head] + elements.flatMap { item($0, indent: indent + 2) }
        case .mapping(let members) where members.isEmpty: return ["\(head) {}"]
        case .mapping(let members):
            return [head] + members.flatMap { lines($0.key, $0.value, indent: indent + 2) }
        default: return ["\(head) \(inline(value))"]
        }
    }

    private static func item(_ value: ConfigurationValue, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        guard let members = value.members, !members.isEmpty else { return ["\(margin)- \(inline(value))"] }
        var lines = members.flatMap { self.lines($0.key, $0.value, indent: indent + 2) }
        lines[0] = "\(margin)- \(lines[0].dropFirst(indent + 2))"
        return lines
    }

    /// A value on one line.
    static func inline(_ value: ConfigurationValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value) where value.isInfinite: value < 0 ? "-.inf" : ".inf"
        case .number(let value) where value.isNaN: ".nan"
        case .number(let value): number(value)
        case .text(let text): scalar(text)
        case .list(let elements): "[\(elements.map { inline($0) }.joined(separator: ", "))]"
        case .mapping(let members):
            "{\(members.map { "\(scalar($0.key)): \(inline($0.value))" }.joined(separator: ", "))}"
        }
    }

    /// YAML 1.1 wants a sign in the exponent: `1e+30`.
    private static func number(_ value: Double) -> String {
        let text = "\(value)"
        guard let mark = text.firstIndex(of: "e") else { return text }
        let exponent = text[text.index(after: mark)...]
        let mantissa = text[..<mark].contains(".") ? String(text[..<mark]) : text[..<mark] + ".0"
        return "\(mantissa)e\(["-", "+"].contains(exponent.first) ? "" : "+")\(exponent)"
    }

    /// A text as every YAML reader takes it for that text.
    static func scalar(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_./:+@-=~".contains($0)) }
        let isUnmistakable =
            PlainScalar.resolve(text) == .text(text)
            || PlainScalar.resolve(text).text == text && text.allSatisfy(\.isNumber)
        if isPlain, isUnmistakable, let first = text.first,
            first.isLetter || first.isNumber || first == "/" || first == "_",
            text.last != ":"
        {
            return text
        }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    // MARK: Lines

    static func indent(of line: String) -> Int { line.prefix { $0 == " " }.count }

    /// Whether a line is neither blank nor a comment.
    static func isContent(_ line: String) -> Bool {
        guard let first = line.first(where: { !$0.isWhitespace }) else { return false }
        return first != "#"
    }

    /// The key that begins a line of just that indentation.
    static func key(of line: String, indent: Int) -> String? {
        guard self.indent(of: line) == indent, isContent(line) else { return nil }
        var rest = line.dropFirst(indent)
        if let quote = rest.first, quote == "\"" || quote == "'" {
            rest = rest.dropFirst()
            guard let end = rest.firstIndex(of: quote), rest[end...].dropFirst().first == ":" else { return nil }
            return String(rest[..<end])
        }
        guard let colon = rest.firstIndex(of: ":") else { return nil }
        let after = rest.index(after: colon)
        guard after == rest.endIndex || rest[after].isWhitespace else { return nil }
        return String(rest[..<colon])
    }

    /// Whether a value follows the key on its own line.
    static func hasInlineValue(_ line: String) -> Bool {
        guard let colon = line.firstIndex(of: ":") else { return false }
        return isContent(String(line[line.index(after: colon)...]))
    }

    /// The comment behind a value, with the blanks before it; nil when there is none, or a quote makes it doubtful.
    static func comment(of line: String) -> String? {
        var quote: Character?
        var blanks = line.startIndex
        var isAfterBlank = false
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "#" && isAfterBlank {
                return String(line[blanks...])
            }
            if character == " " || character == "\t" {
                if !isAfterBlank { blanks = index }
                isAfterBlank = true
            } else {
                isAfterBlank = false
            }
        }
        return nil
    }
}
