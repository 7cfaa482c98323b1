/// What a scalar without quotes means: exactly what kubectl makes of it, which is YAML 1.1 as go-yaml reads it.
///
/// `yes`, `on` and `y` are booleans, `0755` is 493 and `1e3` is 1000; `089` is 89, `12:30:45` and `1e400` are strings.
/// The tables of the tests were taken from kubectl's output.
enum ManifestScalar {
    private static let words: [String: JSONValue] = {
        var words: [String: JSONValue] = ["": .null, "~": .null, "null": .null, "Null": .null, "NULL": .null]
        for word in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] { words[word] = true }
        for word in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] { words[word] = false }
        return words
    }()

    private static let notFinite: Set<String> = [
        ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN",
    ]

    /// Nil for infinity and "not a number", which JSON doesn't know.
    static func resolve(_ text: String) -> JSONValue? {
        if let value = words[text] { return value }
        if notFinite.contains(text) { return nil }
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let plain = text.utf8.contains(UInt8(ascii: "_")) ? String(text.filter { $0 != "_" }) : text
            return integer(plain) ?? float(plain) ?? .string(text)
        case UInt8(ascii: "."):
            return float(text) ?? .string(text)
        default:
            return .string(text)
        }
    }

    /// Base by prefix: `0x`, `0o`, `0b`, and a bare leading zero is octal.
    private static func integer(_ text: String) -> JSONValue? {
        var digits = text[...]
        var isNegative = false
        if digits.hasPrefix("-") || digits.hasPrefix("+") {
            isNegative = digits.hasPrefix("-")
            digits = digits.dropFirst()
        }
        var radix = 10
        if digits.count > 1, digits.hasPrefix("0") {
            switch digits.dropFirst().first {
            case "x", "X": (radix, digits) = (16, digits.dropFirst(2))
            case "o", "O": (radix, digits) = (8, digits.dropFirst(2))
            case "b", "B": (radix, digits) = (2, digits.dropFirst(2))
            default: (radix, digits) = (8, digits.dropFirst())
            }
        }
        guard let first = digits.first, first != "+", first != "-" else { return nil }
        if let value = Int64(isNegative ? "-\(digits)" : String(digits), radix: radix) { return .integer(value) }
        guard !isNegative, let value = UInt64(digits, radix: radix) else { return nil }
        return .number(Double(value))
    }

    private static func float(_ text: String) -> JSONValue? {
        guard isFloat(text), let value = Double(text.hasPrefix("+") ? String(text.dropFirst()) : text), value.isFinite
        else { return nil }
        return Int64(exactly: value).map(JSONValue.integer) ?? .number(value)
    }

    /// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
    private static func isFloat(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        func digits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        func sign() {
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        }
        sign()
        let whole = digits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if digits() == 0 && whole == 0 { return false }
        } else if whole == 0 {
            return false
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            sign()
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }
}
