/// Python's arithmetic on 64-bit integers; what does not fit is an error.
enum Integers {
    static func apply(_ operation: BinaryOperator, _ left: Int, _ right: Int) throws -> Value {
        switch operation {
        case .add: return .int(try checked(left.addingReportingOverflow(right)))
        case .subtract: return .int(try checked(left.subtractingReportingOverflow(right)))
        case .multiply: return .int(try checked(left.multipliedReportingOverflow(by: right)))
        case .divide:
            guard right != 0 else { throw Failure(.zeroDivision, "division by zero") }
            return .double(Double(left) / Double(right))
        case .floorDivide: return .int(try floorDivide(left, right).quotient)
        case .remainder: return .int(try floorDivide(left, right).remainder)
        case .power:
            if right < 0 { return try Floats.apply(.power, Double(left), Double(right)) }
            return .int(try power(left, right))
        }
    }

    /// An operation whose result is an integer.
    static func exactly(_ operation: BinaryOperator, _ left: Int, _ right: Int) throws -> Int {
        guard let result = try apply(operation, left, right).asInt else { throw Failure.overflow }
        return result
    }

    static func floorDivide(_ left: Int, _ right: Int) throws -> (quotient: Int, remainder: Int) {
        guard right != 0 else { throw Failure(.zeroDivision, "integer division or modulo by zero") }
        if right == -1 { return (try checked((0).subtractingReportingOverflow(left)), 0) }
        let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
        if remainder != 0, (remainder < 0) != (right < 0) { return (quotient - 1, remainder + right) }
        return (quotient, remainder)
    }

    static func power(_ base: Int, _ exponent: Int) throws -> Int {
        switch base {
        case 0: return exponent == 0 ? 1 : 0
        case 1: return 1
        case -1: return exponent.isMultiple(of: 2) ? 1 : -1
        default: break
        }
        guard exponent < 64 else { throw Failure.overflow }
        var result = 1
        for _ in 0..<exponent { result = try checked(result.multipliedReportingOverflow(by: base)) }
        return result
    }

    private static func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> Int {
        guard !result.overflow else { throw Failure.overflow }
        return result.partialValue
    }
}
