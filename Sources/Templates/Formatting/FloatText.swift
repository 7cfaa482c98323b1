#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Python's texts of floats.
enum FloatText {
    /// `repr`: the fewest digits that read back as the same number.
    static func shortest(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let (digits, exponent) = decimal(value)
        let sign = value.sign == .minus ? "-" : ""
        let count = digits.count
        if exponent < -4 || exponent >= 16 {
            let fraction = count > 1 ? "." + digits.dropFirst() : ""
            let power = abs(exponent)
            return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(power < 10 ? "0" : "")\(power)"
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if exponent + 1 >= count { return sign + digits + String(repeating: "0", count: exponent + 1 - count) + ".0" }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }

    /// The significant digits and the decimal exponent of the first one.
    private static func decimal(_ value: Double) -> (digits: String, exponent: Int) {
        var mantissa = value.magnitude.description
        var exponent = 0
        if let mark = mantissa.firstIndex(of: "e") {
            exponent = Int(mantissa[mantissa.index(after: mark)...]) ?? 0
            mantissa = String(mantissa[..<mark])
        }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts[0]
        let all = whole + (parts.count > 1 ? parts[1] : "")
        let leading = all.prefix { $0 == "0" }.count
        guard leading < all.count else { return ("0", 0) }
        var digits = all.dropFirst(leading)
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (String(digits), exponent + whole.count - 1 - leading)
    }

    /// C's conversion `%.<precision><type>`, whose digits are exact.
    static func fixed(_ value: Double, _ type: Character, precision: Int, isAlternate: Bool = false) -> String {
        let format = isAlternate ? "%#.*\(type)" : "%.*\(type)"
        let size = withVaList([Int32(precision), value]) { vsnprintf(nil, 0, format, $0) }
        guard size > 0 else { return "" }
        var buffer = [CChar](repeating: 0, count: Int(size) + 1)
        _ = withVaList([Int32(precision), value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}

extension FloatText {
    /// Python's format of a float with a precision but no type: `g`, always with a point or an exponent.
    static func general(_ value: Double, precision: Int, isAlternate: Bool) -> String {
        guard value.isFinite else { return shortest(value) }
        let scientific = fixed(value, "e", precision: precision - 1).split(separator: "e")
        guard scientific.count == 2, let exponent = Int(scientific[1]) else { return shortest(value) }
        var digits = scientific[0].filter { $0 != "." }
        while !isAlternate, digits.count > 1, digits.last == "0" { digits.removeLast() }
        let point = exponent + 1
        if point <= -4 || point > precision - 1 {
            let fraction = digits.dropFirst()
            return digits.prefix(1) + (fraction.isEmpty && !isAlternate ? "" : ".") + fraction + "e" + scientific[1]
        }
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count {
            return digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return digits.prefix(point) + "." + digits.dropFirst(point)
    }
}
