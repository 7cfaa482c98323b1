/// Python's `int()` and `float()` of strings and floats.
enum IntegerText {
    /// `int(number)`: cut off towards zero.
    static func truncated(_ number: Double) throws -> Int {
        guard !number.isNaN else { throw Failure.value("cannot convert float NaN to integer") }
        guard !number.isInfinite else { throw Failure(.overflow, "cannot convert float infinity to integer") }
        guard let value = Int(exactly: number.rounded(.towardZero)) else { throw Failure.overflow }
        return value
    }

    /// `int(text, base)`; base 0 goes by the prefix.
    static func parse(_ text: Text, base: Int) throws -> Int {
        guard base == 0 || (2...36).contains(base) else {
            throw Failure.value("int() base must be >= 2 and <= 36, or 0")
        }
        let invalid = Failure.value("invalid literal for int() with base \(base)")
        var rest = normalized(text.stripped())[...]
        let isNegative = rest.first == "-"
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        var radix = base
        var mayStartWithUnderscore = false
        let prefix = String(rest.prefix(2)).lowercased()
        for (mark, value) in [("0x", 16), ("0o", 8), ("0b", 2)] where prefix == mark && (base == 0 || base == value) {
            radix = value
            rest = rest.dropFirst(2)
            mayStartWithUnderscore = true
        }
        if radix == 0 {
            radix = 10
            if rest.first == "0", rest.contains(where: { $0 != "0" && $0 != "_" }) { throw invalid }
        }
        guard let digits = withoutUnderscores(rest, mayStart: mayStartWithUnderscore) else { throw invalid }
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isLetter) && Int(String($0), radix: radix) != nil })
        else { throw invalid }
        guard let value = Int((isNegative ? "-" : "") + digits, radix: radix) else { throw Failure.overflow }
        return value
    }

    static func parseFloat(_ text: Text) throws -> Double {
        let source = normalized(text.stripped())
        let invalid = Failure.value("could not convert string to float: '\(text.string)'")
        guard let digits = withoutUnderscores(source[...], mayStart: false, isFloat: true) else { throw invalid }
        let lower = digits.lowercased()
        let bare = lower.first == "-" || lower.first == "+" ? String(lower.dropFirst()) : lower
        switch bare {
        case "inf", "infinity": return lower.first == "-" ? -.infinity : .infinity
        case "nan": return .nan
        default: break
        }
        guard bare.allSatisfy({ "0123456789.e+-".contains($0) }), bare.first != "-", bare.first != "+",
            let value = Double(digits.first == "." || digits.hasSuffix(".") ? digits : lower)
                ?? Double(completed(lower))
        else { throw invalid }
        return value
    }

    /// Python accepts `.5`, `5.` and `5.e3`, which not every parser does.
    private static func completed(_ text: String) -> String {
        var result = ""
        var previous: Character = " "
        for character in text + " " {
            if previous == ".", !character.isNumber { result.append("0") }
            if character == ".", !previous.isNumber { result.append("0") }
            if character != " " { result.append(character) }
            previous = character
        }
        return text.contains(where: \.isNumber) ? result : text
    }

    /// Digits of every script as ASCII.
    private static func normalized(_ text: Text) -> String {
        var result = ""
        for scalar in text.scalars {
            if !scalar.isASCII, let digit = scalar.decimalValue {
                result += String(digit)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// nil if an underscore does not stand between two digits.
    private static func withoutUnderscores(_ text: Substring, mayStart: Bool, isFloat: Bool = false) -> String? {
        func isDigit(_ character: Character?) -> Bool {
            character.map { $0.isNumber || (!isFloat && $0.isLetter) } ?? false
        }
        var result = ""
        var previous: Character? = mayStart ? "0" : nil
        for character in text {
            if character == "_" {
                guard isDigit(previous) else { return nil }
            } else {
                if previous == "_", !isDigit(character) { return nil }
                result.append(character)
            }
            previous = character
        }
        return previous == "_" || result.isEmpty ? nil : result
    }
}
