/// Python's escapes in a quoted string.
enum StringLiteral {
    /// Decodes what stands between the quotes.
    ///
    /// Jinja2 first writes every non-ASCII character as an escape, so a backslash before one stays a
    /// backslash and the character becomes its code: `\é` is the text `\xe9`.
    static func decode(_ source: ArraySlice<Unicode.Scalar>) throws -> Text {
        var result: [Unicode.Scalar] = []
        var index = source.startIndex
        while index < source.endIndex {
            guard source[index] == "\\", index + 1 < source.endIndex else {
                result.append(source[index])
                index += 1
                continue
            }
            let next = source[index + 1]
            index += 2
            if let plain = simple[next] {
                result.append(contentsOf: plain)
            } else if let width = widths[next] {
                result.append(try scalar(hexadecimal(source, &index, width: width, escape: next)))
            } else if "0" <= next, next <= "7" {
                var value = next.value - 48
                var digits = 1
                while digits < 3, index < source.endIndex, "0" <= source[index], source[index] <= "7" {
                    value = value * 8 + source[index].value - 48
                    index += 1
                    digits += 1
                }
                result.append(try scalar(value))
            } else if next == "N" {
                result.append(try named(source, &index))
            } else if !next.isASCII {
                result.append(contentsOf: Escapes.python(next))
            } else {
                result += ["\\", next]
            }
        }
        return Text(result)
    }

    private static let simple: [Unicode.Scalar: [Unicode.Scalar]] = [
        "\n": [], "\\": ["\\"], "'": ["'"], "\"": ["\""], "a": ["\u{7}"], "b": ["\u{8}"], "f": ["\u{c}"],
        "n": ["\n"], "r": ["\r"], "t": ["\t"], "v": ["\u{b}"],
    ]

    private static let widths: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]

    private static func hexadecimal(
        _ source: ArraySlice<Unicode.Scalar>, _ index: inout Int, width: Int, escape: Unicode.Scalar
    ) throws -> UInt32 {
        let end = index + width
        guard end <= source.endIndex, source[index..<end].allSatisfy(\.properties.isASCIIHexDigit),
            let value = UInt32(Text(source[index..<end]).string, radix: 16)
        else { throw Failure(.syntax, "truncated \\\(escape) escape, expected \(width) hexadecimal digits") }
        index = end
        return value
    }

    private static func named(_ source: ArraySlice<Unicode.Scalar>, _ index: inout Int) throws -> Unicode.Scalar {
        guard index < source.endIndex, source[index] == "{", let end = source[index...].firstIndex(of: "}") else {
            throw Failure(.syntax, "malformed \\N character escape")
        }
        let name = Text(source[(index + 1)..<end]).uppercased.string
        index = end + 1
        for value in UInt32(0x20)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if scalar.properties.name == name || scalar.properties.nameAlias == name { return scalar }
        }
        throw Failure(.syntax, "unknown Unicode character name '\(name)'")
    }

    private static func scalar(_ value: UInt32) throws -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(value) else {
            throw Failure(
                .syntax, "\\u\(String(value, radix: 16)) is half of a surrogate pair, which no text file can hold")
        }
        return scalar
    }
}
