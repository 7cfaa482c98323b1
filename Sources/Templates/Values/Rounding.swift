/// Python's `round` and the filter's other methods.
enum Rounding {
    static func round(_ value: Value, to precision: Int?) throws -> Value {
        if case .double(let number) = value {
            guard let precision else { return .int(try IntegerText.truncated(number.rounded(.toNearestOrEven))) }
            return .double(round(number, to: precision))
        }
        guard let number = value.asInt else { throw Failure.type("type \(value.typeName) cannot be rounded") }
        guard let precision, precision < 0 else { return .int(number) }
        guard precision > -19 else { return .int(0) }
        return .int(try round(number, digits: -precision))
    }

    /// Exact, by way of the decimal digits of the number.
    private static func round(_ number: Double, to precision: Int) -> Double {
        guard number.isFinite, number != 0 else { return number }
        if precision > 323 { return number }
        if precision < -308 { return Double(signOf: number, magnitudeOf: 0) }
        if precision >= 0 { return Double(FloatText.fixed(number, "f", precision: precision)) ?? number }
        let digits = FloatText.fixed(number.magnitude, "f", precision: 0).count
        let wanted = digits + precision
        if wanted < 0 { return Double(signOf: number, magnitudeOf: 0) }
        if wanted > 0 { return Double(FloatText.fixed(number, "e", precision: wanted - 1)) ?? number }
        let unit = FloatText.power(10, Double(-precision))
        return Double(signOf: number, magnitudeOf: number.magnitude > unit / 2 ? unit : 0)
    }

    private static func round(_ number: Int, digits: Int) throws -> Int {
        let unit = try Integers.power(10, digits)
        let (quotient, remainder) = try Integers.floorDivide(number, unit)
        let isUp = remainder > unit - remainder || (remainder == unit - remainder && !quotient.isMultiple(of: 2))
        let (result, overflow) = (quotient + (isUp ? 1 : 0)).multipliedReportingOverflow(by: unit)
        guard !overflow else { throw Failure.overflow }
        return result
    }

    /// `ceil` or `floor` after scaling; only the scaling makes it a float.
    static func cut(_ value: Value, to precision: Int, isUp: Bool) throws -> Value {
        if case .undefined(let undefined) = value { throw undefined.failure }
        guard value.asDouble != nil else { throw Failure.type("must be real number, not \(value.typeName)") }
        let unit = try Integers.apply(.power, 10, precision)
        let scaled: Value
        if let number = value.asInt, let unit = unit.asInt {
            scaled = try Integers.apply(.multiply, number, unit)
        } else {
            scaled = .double((value.asDouble ?? 0) * (unit.asDouble ?? 1))
        }
        let whole: Int
        if case .double(let number) = scaled {
            whole = try IntegerText.truncated(number.rounded(isUp ? .up : .down))
        } else {
            whole = scaled.asInt ?? 0
        }
        return .double(Double(whole) / (unit.asDouble ?? 1))
    }
}
