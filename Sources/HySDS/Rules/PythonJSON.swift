package import Kubernetes

/// JSON text as Python's `json.dump(value, indent=2, sort_keys=True)` writes it, which is how sdscli writes files:
/// byte for byte, so that a file of one program compares with the other's. No end of line at the end.
package struct PythonJSON {
    private var bytes: [UInt8] = []

    /// - Parameter depth: how deep in a larger text the value stands.
    package static func text(_ value: JSONValue, depth: Int = 0) -> [UInt8] {
        var writer = PythonJSON()
        writer.write(value, depth)
        return writer.bytes
    }

    private mutating func write(_ value: JSONValue, _ depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .number(let value): append(PythonJSON.text(value))
        case .string(let value): write(value)
        case .array(let elements):
            guard !elements.isEmpty else { return append("[]") }
            append("[")
            for (index, element) in elements.enumerated() {
                newLine(depth + 1, isFirst: index == 0)
                write(element, depth + 1)
            }
            newLine(depth)
            append("]")
        case .object(let members):
            guard !members.isEmpty else { return append("{}") }
            append("{")
            for (index, member) in members.sorted(by: { PythonJSON.precedes($0.key, $1.key) }).enumerated() {
                newLine(depth + 1, isFirst: index == 0)
                write(member.key)
                append(": ")
                write(member.value, depth + 1)
            }
            newLine(depth)
            append("}")
        }
    }

    private mutating func newLine(_ depth: Int, isFirst: Bool = true) {
        if !isFirst { append(",") }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Only ASCII comes out: everything else as UTF-16 escapes.
    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for unit in text.utf16 {
            switch unit {
            case 0x22: append("\\\"")
            case 0x5C: append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0x08: append("\\b")
            case 0x0C: append("\\f")
            case 0x20..<0x7F: bytes.append(UInt8(unit))
            default:
                let digits = String(unit, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Python sorts by code points.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    }

    /// Python's `repr`: plain digits below 1e16, where Swift goes over to exponents at 2^54.
    private static func text(_ value: Double) -> String {
        guard let whole = Int64(exactly: value), abs(value) < 1e16 else { return String(value) }
        return value == 0 && value.sign == .minus ? "-0.0" : "\(whole).0"
    }
}
