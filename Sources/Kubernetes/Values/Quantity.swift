/// A Kubernetes quantity such as `500m`, `1.5Gi` or `1e3`, kept exactly in billionths.
package struct Quantity: Hashable, Sendable {
    private let nanos: Int128

    private static let scales: [(suffix: String, nanos: Int128)] = [
        ("Ki", billion << 10), ("Mi", billion << 20), ("Gi", billion << 30), ("Ti", billion << 40),
        ("Pi", billion << 50), ("Ei", billion << 60), ("n", 1), ("u", 1_000), ("m", 1_000_000),
        ("k", 1_000 * billion), ("M", 1_000_000 * billion), ("G", billion * billion), ("T", 1_000 * billion * billion),
        ("P", 1_000_000 * billion * billion), ("E", billion * billion * billion),
    ]
    private static let billion: Int128 = 1_000_000_000

    /// - Throws: `KubernetesError` for anything that Kubernetes wouldn't take.
    package init(_ text: String) throws(KubernetesError) {
        guard let nanos = Self.parse(text) else {
            throw KubernetesError(
                .invalidValue, "\"\(text)\"", "not a quantity", hint: "expected a number such as 500m, 2 or 1.5Gi")
        }
        self.nanos = nanos
    }

    /// Whole units, rounded up as Kubernetes does: bytes of memory, or processors.
    package var units: Int {
        let (quotient, rest) = nanos.quotientAndRemainder(dividingBy: Self.billion)
        return Int(clamping: rest > 0 ? quotient + 1 : quotient)
    }

    private static func parse(_ text: String) -> Int128? {
        guard text.utf8.count <= 64 else { return nil }
        var digits = text[...]
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
        let number = digits.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let suffix = digits[number.endIndex...]
        guard let scale = scale(String(suffix)), let value = scaled(number, by: scale) else { return nil }
        return isNegative ? -value : value
    }

    private static func scale(_ suffix: String) -> Int128? {
        if suffix.isEmpty { return billion }
        if let known = scales.first(where: { $0.suffix == suffix }) { return known.nanos }
        guard suffix.hasPrefix("e") || suffix.hasPrefix("E"), let exponent = Int(suffix.dropFirst()),
            (-9...18).contains(exponent)
        else { return nil }
        return (0..<(exponent + 9)).reduce(1) { value, _ in value * 10 }
    }

    private static func scaled(_ number: Substring, by scale: Int128) -> Int128? {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, !number.isEmpty, number != ".", let whole = Int128(parts[0].isEmpty ? "0" : parts[0])
        else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
        guard !overflow else { return nil }
        var value = product
        var unit = scale
        for digit in parts.count == 2 ? parts[1] : "" {
            guard let digit = digit.wholeNumberValue else { return nil }
            unit /= 10
            value += Int128(digit) * unit
        }
        return value
    }
}

extension Quantity: Comparable {
    package static func < (left: Quantity, right: Quantity) -> Bool { left.nanos < right.nanos }
}
