/// How a string stands in YAML so that every reader takes it for that string.
enum ManifestText {
    /// Without quotes when that can't be misread, else in double quotes.
    static func inline(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// A text of several lines as a literal block, with its line end; nil when it has to be quoted.
    static func block(_ text: String, indent: Int) -> String? {
        guard text.contains("\n"), let first = text.unicodeScalars.first, first != "\n", first != " ", first != "\t",
            text.unicodeScalars.allSatisfy({ $0 == "\n" || $0 == "\t" || isPrintable($0) })
        else { return nil }
        let ends = text.utf8.reversed().prefix { $0 == UInt8(ascii: "\n") }.count
        // A last line of blanks alone would be taken for a line end.
        let body = text.dropLast(ends)
        guard body.last != " ", body.last != "\t" else { return nil }
        let header = ends == 0 ? "|-" : ends == 1 ? "|" : "|+"
        let margin = String(repeating: " ", count: indent)
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : margin + $0 }
        return header + "\n" + lines.joined(separator: "\n") + String(repeating: "\n", count: max(1, ends))
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, isWord(first), last != UInt8(ascii: ":"),
            text.utf8.allSatisfy({ isWord($0) || " .:-@+=,()$%^;~".utf8.contains($0) }),
            last != UInt8(ascii: " "), !text.contains(": "),
            // YAML 1.1 readers other than kubectl take 12:30:45 for a number.
            !(text.contains(":") && text.utf8.allSatisfy { !isLetter($0) })
        else { return false }
        return ManifestScalar.resolve(text) == .string(text) && !resemblesDate(text)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "/")
            || byte == UInt8(ascii: "_")
    }

    /// `2020-01-01`: a date to some readers.
    private static func resemblesDate(_ text: String) -> Bool {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        return digits == 4 && text.utf8.dropFirst(4).first == UInt8(ascii: "-")
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            case _ where scalar.value > 0xFFFF: quoted += "\\U" + hex(scalar.value, 8)
            default: quoted += "\\u" + hex(scalar.value, 4)
            }
        }
        return quoted + "\""
    }

    private static func hex(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
