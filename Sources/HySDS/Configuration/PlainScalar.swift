/// What an unquoted word of YAML means by the rules of YAML 1.1, as PyYAML applies them.
///
/// `0123` is 83, `yes` is true, `12:30` is 750: operators' files rely on it, whoever finds it odd.
enum PlainScalar {
    static func resolve(_ word: String) -> ConfigurationValue {
        switch word {
        case "", "~", "null", "Null", "NULL": return .null
        case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return .bool(true)
        case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return .bool(false)
        default: break
        }
        return integer(word) ?? number(word) ?? Timestamp.resolve(word) ?? .text(word)
    }

    private static func integer(_ word: String) -> ConfigurationValue? {
        let (isNegative, body) = sign(of: word)
        let value: Int64?
        if let digits = body.droppingPrefix("0b") {
            guard isMade(digits, of: { $0 == "0" || $0 == "1" || $0 == "_" }) else { return nil }
            value = Int64(digits.filter { $0 != "_" }, radix: 2)
        } else if let digits = body.droppingPrefix("0x") {
            guard isMade(digits, of: { $0.isASCII && $0.isHexDigit || $0 == "_" }) else { return nil }
            value = Int64(digits.filter { $0 != "_" }, radix: 16)
        } else if body == "0" {
            value = 0
        } else if let digits = body.droppingPrefix("0") {
            guard isMade(digits, of: { ("0"..."7").contains($0) || $0 == "_" }) else { return nil }
            value = Int64("0" + digits.filter { $0 != "_" }, radix: 8)
        } else if body.contains(":") {
            value = sexagesimal(body).flatMap(Int64.init(exactly:))
        } else {
            guard let first = body.first, ("1"..."9").contains(first), isMade(body, of: isDigitOrLine) else {
                return nil
            }
            let digits = body.filter { $0 != "_" }
            guard let small = Int64(digits) else { return .text((isNegative ? "-" : "") + digits) }
            value = small
        }
        return value.map { .integer(isNegative ? -$0 : $0) }
    }

    private static func number(_ word: String) -> ConfigurationValue? {
        let (isNegative, body) = sign(of: word)
        switch body {
        case ".inf", ".Inf", ".INF": return .number(isNegative ? -.infinity : .infinity)
        case ".nan", ".NaN", ".NAN": return body.count == word.count ? .number(.nan) : nil
        default: break
        }
        guard let dot = body.firstIndex(of: ".") else { return nil }
        let whole = body[..<dot]
        if whole.contains(":") {
            let fraction = body[body.index(after: dot)...]
            guard isMade(fraction, of: isDigitOrLine) || fraction.isEmpty, let base = sexagesimal(whole) else {
                return nil
            }
            let part = Double("0." + fraction.filter { $0 != "_" } + "0") ?? 0
            return .number(isNegative ? -(base + part) : base + part)
        }
        var fraction = body[body.index(after: dot)...]
        var exponent: Substring = ""
        if let mark = fraction.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            exponent = fraction[fraction.index(after: mark)...]
            fraction = fraction[..<mark]
            // PyYAML wants the exponent's sign: 1.0e3 is text.
            guard let first = exponent.first, first == "+" || first == "-", isMade(exponent.dropFirst(), of: isDigit)
            else { return nil }
        }
        guard fraction.allSatisfy(isDigitOrLine) else { return nil }
        if whole.isEmpty {
            guard body.count == word.count, fraction.first.map(isDigit) == true else { return nil }
        } else {
            guard whole.first.map(isDigit) == true, whole.allSatisfy(isDigitOrLine) else { return nil }
        }
        let plain = "\(whole.isEmpty ? "0" : whole).\(fraction)0\(exponent.isEmpty ? "" : "e\(exponent)")"
        guard let value = Double(plain.filter { $0 != "_" }) else { return nil }
        return .number(isNegative ? -value : value)
    }

    /// `1:30:00` in base 60; nil for anything else.
    private static func sexagesimal(_ body: Substring) -> Double? {
        let parts = body.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, first.first.map(isDigit) == true, isMade(first, of: isDigitOrLine),
            parts.count > 1
        else { return nil }
        var value = Double(first.filter { $0 != "_" }) ?? 0
        for part in parts.dropFirst() {
            guard (1...2).contains(part.count), part.allSatisfy(isDigit), let digits = Int(part), digits < 60 else {
                return nil
            }
            value = value * 60 + Double(digits)
        }
        return value
    }

    private static func sign(of word: String) -> (isNegative: Bool, body: Substring) {
        switch word.first {
        case "-": (true, word.dropFirst())
        case "+": (false, word.dropFirst())
        default: (false, word[...])
        }
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
    private static func isDigitOrLine(_ character: Character) -> Bool { isDigit(character) || character == "_" }
    private static func isMade(_ text: Substring, of rule: (Character) -> Bool) -> Bool {
        !text.isEmpty && text.allSatisfy(rule)
    }
}

extension Substring {
    /// The rest after the prefix; nil without the prefix or without a rest.
    fileprivate func droppingPrefix(_ prefix: String) -> Substring? {
        guard hasPrefix(prefix), count > prefix.count else { return nil }
        return dropFirst(prefix.count)
    }
}
