/// Python's format specification: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
struct FormatSpec {
    var fill: Unicode.Scalar = " "
    var align: Unicode.Scalar?
    var sign: Unicode.Scalar?
    var dropsNegativeZero = false
    var isAlternate = false
    var width = 0
    var grouping: Unicode.Scalar?
    var precision: Int?
    var type: Unicode.Scalar?

    init(_ source: Text, isNumeric: Bool) throws {
        var rest = source.scalars[...]
        func isAlign(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { "<>=^".unicodeScalars.contains($0) } ?? false }
        func take(_ allowed: String) -> Unicode.Scalar? {
            guard let first = rest.first, allowed.unicodeScalars.contains(first) else { return nil }
            return rest.popFirst()
        }
        func number() throws -> Int? {
            var value: Int?
            while let digit = rest.first, digit.isASCIIDigit {
                rest.removeFirst()
                let next = (value ?? 0) * 10 + Int(digit.value) - 48
                guard next <= 1_000_000 else { throw Failure.limit("the format asks for too many characters") }
                value = next
            }
            return value
        }
        var hasFill = false
        if isAlign(rest.dropFirst().first), let first = rest.popFirst() {
            fill = first
            hasFill = true
            align = rest.popFirst()
        } else if isAlign(rest.first) {
            align = rest.popFirst()
        }
        sign = take("+- ")
        dropsNegativeZero = take("z") != nil
        isAlternate = take("#") != nil
        if !hasFill, take("0") != nil {
            fill = "0"
            if align == nil, isNumeric { align = "=" }
        }
        width = try number() ?? 0
        grouping = take(",_")
        if take(",_") != nil { throw Failure.value("a format has only one grouping character") }
        if take(".") != nil {
            guard let digits = try number() else { throw Failure.value("the format lacks its precision") }
            precision = digits
        }
        type = rest.popFirst()
        guard rest.isEmpty else { throw Failure.value("invalid format specifier '\(source.string)'") }
    }

    /// Fills to the width; `prefix` (sign and base) stays in front of zeros.
    func padded(prefix: String = "", _ body: Text, default side: Unicode.Scalar) -> Text {
        let head = Text(prefix)
        let missing = max(0, width - head.count - body.count)
        let blanks = Text([fill]).repeated(missing)
        switch align ?? side {
        case "<": return head + body + blanks
        case "^":
            let left = Text([fill]).repeated(missing / 2)
            return left + head + body + Text([fill]).repeated(missing - missing / 2)
        case "=": return head + blanks + body
        default: return blanks + head + body
        }
    }
}
