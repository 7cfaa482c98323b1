extension Lexer {
    mutating func lexFloat() -> Bool {
        if position > 0, source[position - 1] == "." { return false }
        guard let whole = digits(from: position) else { return false }
        var end = whole
        if end < source.count, source[end] == ".", let fraction = digits(from: end + 1) {
            end = exponent(from: fraction) ?? fraction
        } else if let power = exponent(from: whole) {
            end = power
        } else {
            return false
        }
        let digits = Text(source[position..<end]).string.filter { $0 != "_" }
        guard let value = Double(digits) else { return false }
        append(.float(value))
        position = end
        return true
    }

    mutating func lexInteger() throws -> Bool {
        guard source[position].isASCIIDigit else { return false }
        var radix = 10
        var end = position + 1
        if source[position] == "0" {
            if let (found, digitsEnd) = prefixed() {
                radix = found
                end = digitsEnd
            } else {
                end = digits(from: position, where: { $0 == "0" }, isOpen: false) ?? end
            }
        } else {
            end = digits(from: position, where: \.isASCIIDigit, isOpen: false) ?? end
        }
        let start = radix == 10 ? position : position + 2
        let digits = Text(source[start..<end]).string.filter { $0 != "_" }
        guard let value = Int(digits, radix: radix) else {
            throw Failure.limit("the integer \(digits) does not fit in 64 bits")
        }
        append(.integer(value))
        position = end
        return true
    }

    private func prefixed() -> (radix: Int, end: Int)? {
        guard position + 1 < source.count else { return nil }
        let radix: Int
        switch source[position + 1] {
        case "b", "B": radix = 2
        case "o", "O": radix = 8
        case "x", "X": radix = 16
        default: return nil
        }
        let isDigit: (Unicode.Scalar) -> Bool = { Int(String($0), radix: radix) != nil }
        return digits(from: position + 2, where: isDigit, isOpen: true).map { (radix, $0) }
    }

    private func exponent(from start: Int) -> Int? {
        guard start < source.count, source[start] == "e" || source[start] == "E" else { return nil }
        return digits(from: start + 1) ?? (sign(at: start + 1) == nil ? nil : digits(from: start + 2))
    }

    private func digits(from start: Int) -> Int? {
        digits(from: start, where: \.isASCIIDigit, isOpen: false)
    }

    /// The end of digits that single underscores may part; `isOpen` allows one before the first digit.
    private func digits(from start: Int, where isDigit: (Unicode.Scalar) -> Bool, isOpen: Bool) -> Int? {
        var index = start
        func isDigitPlace(_ place: Int) -> Bool { place < source.count && isDigit(source[place]) }
        if isOpen, index < source.count, source[index] == "_" { index += 1 }
        guard isDigitPlace(index) else { return nil }
        while true {
            if isDigitPlace(index) {
                index += 1
            } else if index < source.count, source[index] == "_", isDigitPlace(index + 1) {
                index += 2
            } else {
                return index
            }
        }
    }
}
