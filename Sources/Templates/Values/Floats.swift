/// Python's arithmetic on floats.
enum Floats {
    static func apply(_ operation: BinaryOperator, _ left: Double, _ right: Double) throws -> Value {
        switch operation {
        case .add: return .double(left + right)
        case .subtract: return .double(left - right)
        case .multiply: return .double(left * right)
        case .divide:
            guard right != 0 else { throw Failure(.zeroDivision, "float division by zero") }
            return .double(left / right)
        case .floorDivide: return .double(try divide(left, right).quotient)
        case .remainder: return .double(try divide(left, right).remainder)
        case .power: return .double(try power(left, right))
        }
    }

    /// Quotient rounded down and a remainder with the sign of the divisor.
    static func divide(_ left: Double, _ right: Double) throws -> (quotient: Double, remainder: Double) {
        guard right != 0 else { throw Failure(.zeroDivision, "float floor division by zero") }
        var remainder = left.truncatingRemainder(dividingBy: right)
        var quotient = (left - remainder) / right
        if remainder != 0 {
            if (right < 0) != (remainder < 0) {
                remainder += right
                quotient -= 1
            }
        } else {
            remainder = Double(signOf: right, magnitudeOf: 0)
        }
        guard quotient != 0 else { return (Double(signOf: left / right, magnitudeOf: 0), remainder) }
        var floor = quotient.rounded(.down)
        if quotient - floor > 0.5 { floor += 1 }
        return (floor, remainder)
    }

    private static func power(_ base: Double, _ exponent: Double) throws -> Double {
        if base == 0, exponent < 0 {
            throw Failure(.zeroDivision, "zero cannot be raised to a negative power")
        }
        if base < 0, base.isFinite, exponent.isFinite, exponent != exponent.rounded() {
            throw Failure.value("a fractional power of a negative number is complex, which templates do not support")
        }
        let result = FloatText.power(base, exponent)
        if result.isInfinite, base.isFinite, exponent.isFinite {
            throw Failure(.overflow, "the float result is too large")
        }
        return result
    }
}
