extension Unicode.Scalar {
    /// Whitespace for `str.strip`, `str.split` and `\s`.
    var isPythonSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
            true
        default: false
        }
    }

    /// Where `str.splitlines` cuts.
    var isLineBreak: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    var isPythonAlpha: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    var isPythonDecimal: Bool { properties.generalCategory == .decimalNumber }
    var isPythonDigit: Bool { properties.numericType == .decimal || properties.numericType == .digit }
    var isPythonNumeric: Bool { properties.numericType != nil }
    var isPythonAlnum: Bool { isPythonAlpha || isPythonNumeric }
    /// `\w`.
    var isWord: Bool { isPythonAlnum || self == "_" }
    var isASCIIDigit: Bool { "0" <= self && self <= "9" }

    /// Whether `repr` writes the character itself.
    var isPythonPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }

    /// The digit's value in any decimal script.
    var decimalValue: Int? {
        guard isPythonDecimal, let value = properties.numericValue else { return nil }
        return Int(value)
    }
}

extension Text {
    /// A predicate such as `isdigit`: false for an empty string.
    func isEach(_ test: (Unicode.Scalar) -> Bool) -> Bool { !isEmpty && scalars.allSatisfy(test) }

    var isPythonLower: Bool {
        var cased = false
        for scalar in scalars {
            if scalar.properties.isUppercase || scalar.properties.generalCategory == .titlecaseLetter { return false }
            if scalar.properties.isLowercase { cased = true }
        }
        return cased
    }

    var isPythonUpper: Bool {
        var cased = false
        for scalar in scalars {
            if scalar.properties.isLowercase || scalar.properties.generalCategory == .titlecaseLetter { return false }
            if scalar.properties.isUppercase { cased = true }
        }
        return cased
    }

    var isPythonTitle: Bool {
        var cased = false
        var follows = false
        for scalar in scalars {
            if scalar.properties.isUppercase || scalar.properties.generalCategory == .titlecaseLetter {
                if follows { return false }
                follows = true
                cased = true
            } else if scalar.properties.isLowercase {
                guard follows else { return false }
                cased = true
            } else {
                follows = false
            }
        }
        return cased
    }

    var isIdentifier: Bool {
        guard let first = scalars.first, first == "_" || first.properties.isXIDStart else { return false }
        return scalars.dropFirst().allSatisfy { $0.properties.isXIDContinue }
    }
}
