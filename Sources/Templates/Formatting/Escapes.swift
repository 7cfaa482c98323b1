/// Backslash escapes for characters that `repr` and JSON do not write as they are.
enum Escapes {
    /// `\xe9`, `\u20ac` or `\U0001f600`.
    static func python(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        switch scalar.value {
        case ..<0x100: ["\\", "x"] + hexadecimal(scalar.value, width: 2)
        case ..<0x10000: ["\\", "u"] + hexadecimal(scalar.value, width: 4)
        default: ["\\", "U"] + hexadecimal(scalar.value, width: 8)
        }
    }

    /// `\u20ac`, or a surrogate pair.
    static func json(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        UTF16.encode(scalar).map { units in
            units.flatMap { ["\\", "u"] + hexadecimal(UInt32($0), width: 4) }
        } ?? []
    }

    private static func hexadecimal(_ value: UInt32, width: Int) -> [Unicode.Scalar] {
        let digits = Array(String(value, radix: 16).unicodeScalars)
        return Array(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
