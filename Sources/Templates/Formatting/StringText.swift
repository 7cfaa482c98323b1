/// Python's quoted form of strings.
enum StringText {
    static func representation(of text: Text) -> Text {
        let hasSingle = text.scalars.contains("'")
        let quote: Unicode.Scalar = hasSingle && !text.scalars.contains("\"") ? "\"" : "'"
        var result: [Unicode.Scalar] = [quote]
        for scalar in text.scalars {
            switch scalar {
            case quote, "\\": result += ["\\", scalar]
            case "\n": result += ["\\", "n"]
            case "\r": result += ["\\", "r"]
            case "\t": result += ["\\", "t"]
            default:
                if scalar.isPythonPrintable {
                    result.append(scalar)
                } else {
                    result += Escapes.python(scalar)
                }
            }
        }
        return Text(result + [quote])
    }

    /// The same in ASCII only, as `ascii()` writes.
    static func ascii(_ text: Text) -> Text {
        Text(text.scalars.flatMap { $0.isASCII ? [$0] : Escapes.python($0) })
    }
}
