extension FormatSpec {
    /// Python's `format(value, spec)`.
    static func format(_ value: Value, _ source: Text, _ runtime: Runtime) throws -> Text {
        if source.isEmpty { return try runtime.text(of: value) }
        let spec = try FormatSpec(source, isNumeric: value.asDouble != nil)
        try runtime.spend(spec.width + (spec.precision ?? 0))
        switch value {
        case .string(let text): return try spec.format(text)
        case .int, .bool: return try spec.format(value.asInt ?? 0)
        case .double(let number): return try spec.format(number)
        case .undefined(let undefined) where undefined.isStrict: throw undefined.failure
        default: throw Failure.type("unsupported format string passed to \(value.typeName).__format__")
        }
    }

    private func format(_ text: Text) throws -> Text {
        guard type == nil || type == "s" else { throw unknownType("str") }
        guard sign == nil, !isAlternate, grouping == nil, !dropsNegativeZero, align != "="
        else {
            throw Failure.value("a format for numbers cannot be used with a str")
        }
        let cut = precision.map { Text(text.scalars.prefix($0)) } ?? text
        return padded(cut.plain, default: "<")
    }

    private func unknownType(_ name: String) -> Failure {
        .value("unknown format code '\(type.map(String.init) ?? "")' for an object of type '\(name)'")
    }

    private func signText(isNegative: Bool) -> String {
        if isNegative { return "-" }
        return sign == "+" ? "+" : sign == " " ? " " : ""
    }

    private func format(_ number: Int) throws -> Text {
        if let type, "eEfFgG%".unicodeScalars.contains(type) { return try format(Double(number)) }
        guard precision == nil else { throw Failure.value("a precision is not allowed in an integer format") }
        guard !dropsNegativeZero else { throw Failure.value("'z' is not allowed in an integer format") }
        let base: (radix: Int, prefix: String)
        switch type {
        case nil, "d", "n": base = (10, "")
        case "b": base = (2, "0b")
        case "o": base = (8, "0o")
        case "x": base = (16, "0x")
        case "X": base = (16, "0X")
        case "c":
            guard sign == nil, grouping == nil, !isAlternate,
                let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init)
            else {
                throw Failure.value("'\(number)' is no character code")
            }
            return padded(Text([scalar]), default: "<")
        default: throw unknownType("int")
        }
        if grouping == ",", base.radix != 10 { throw Failure.value("cannot group by ',' with this format code") }
        if grouping != nil, type == "n" { throw Failure.value("cannot group with the format code 'n'") }
        let digits = String(number.magnitude, radix: base.radix, uppercase: type == "X")
        let prefix = signText(isNegative: number < 0) + (isAlternate ? base.prefix : "")
        return padded(prefix: prefix, grouped(digits, every: base.radix == 10 ? 3 : 4, prefix: prefix), default: ">")
    }

    private func format(_ number: Double) throws -> Text {
        var body: String
        let size = number.magnitude
        switch type {
        case nil:
            if let precision {
                body = FloatText.general(size, precision: max(1, precision), isAlternate: isAlternate)
            } else {
                body = FloatText.shortest(size)
                if isAlternate, !body.contains("."), let mark = body.firstIndex(of: "e") {
                    body.insert(".", at: mark)
                }
            }
        case "f", "F", "e", "E":
            body = FloatText.fixed(
                size, Character(type ?? "f"), precision: precision ?? 6, isAlternate: isAlternate)
        case "g", "G", "n":
            body = FloatText.fixed(
                size, type == "G" ? "G" : "g", precision: max(1, precision ?? 6), isAlternate: isAlternate)
        case "%":
            body = FloatText.fixed(size * 100, "f", precision: precision ?? 6, isAlternate: isAlternate) + "%"
        default: throw unknownType("float")
        }
        if grouping != nil, type == "n" { throw Failure.value("cannot group with the format code 'n'") }
        var isNegative = number.sign == .minus && !number.isNaN
        if dropsNegativeZero, !body.contains(where: { "123456789".contains($0) }), number.isFinite {
            isNegative = false
        }
        let prefix = signText(isNegative: isNegative)
        guard number.isFinite else { return padded(prefix: prefix, Text(body), default: ">") }
        let end = body.firstIndex { !$0.isNumber } ?? body.endIndex
        let whole = grouped(
            String(body[..<end]), every: 3, prefix: prefix, tail: body.distance(from: end, to: body.endIndex))
        return padded(prefix: prefix, whole + Text(String(body[end...])), default: ">")
    }

    /// Puts separators between the digits; zeros that fill up to the width are grouped as well.
    private func grouped(_ digits: String, every size: Int, prefix: String, tail: Int = 0) -> Text {
        guard let grouping else { return Text(digits) }
        let room = fill == "0" && align == "=" ? width - prefix.count - tail : 0
        var reversed: [Unicode.Scalar] = []
        var count = 0
        for digit in digits.unicodeScalars.reversed() {
            if count > 0, count.isMultiple(of: size) { reversed.append(grouping) }
            reversed.append(digit)
            count += 1
        }
        while reversed.count < room {
            if count.isMultiple(of: size) {
                reversed.append(grouping)
            }
            reversed.append("0")
            count += 1
        }
        return Text(Array(reversed.reversed()))
    }
}
