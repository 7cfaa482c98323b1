extension Runtime {
    func apply(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws -> Value {
        if operation == .remainder, case .string(let format) = left { return try formatted(format, with: right) }
        for case .undefined(let undefined) in [left, right] { throw undefined.failure }
        if let left = left.asInt, let right = right.asInt { return try Integers.apply(operation, left, right) }
        if let left = left.asDouble, let right = right.asDouble { return try Floats.apply(operation, left, right) }
        switch operation {
        case .add:
            if let sum = try joined(left, right) { return sum }
        case .multiply:
            if let count = right.asInt, let product = try repeated(left, count) { return product }
            if let count = left.asInt, let product = try repeated(right, count) { return product }
        default: break
        }
        throw Failure.type("'\(operation.rawValue)' does not work on \(left.typeName) and \(right.typeName)")
    }

    func applySign(_ operation: UnaryOperator, _ value: Value) throws -> Value {
        if case .undefined(let undefined) = value { throw undefined.failure }
        if case .double(let number) = value { return .double(operation == .minus ? -number : number) }
        guard let number = value.asInt else {
            throw Failure.type("the sign '\(operation == .minus ? "-" : "+")' does not work on \(value.typeName)")
        }
        if operation == .plus { return .int(number) }
        guard number != Int.min else { throw Failure.overflow }
        return .int(-number)
    }

    private func joined(_ left: Value, _ right: Value) throws -> Value? {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try spend(left.count + right.count)
            guard left.isMarkup || right.isMarkup else { return .string(left + right) }
            return .string(Text((Markup.escape(left) + Markup.escape(right)).scalars, isMarkup: true))
        case (.list(let left), .list(let right)): return try list(left.items + right.items)
        case (.tuple(let left), .tuple(let right)): return try tuple(left.items + right.items)
        default: return nil
        }
    }

    private func repeated(_ value: Value, _ count: Int) throws -> Value? {
        func copies(_ items: [Value]) throws -> [Value] {
            try spend(count, times: items.count)
            return Array(repeatElement(items, count: max(0, count)).joined())
        }
        switch value {
        case .string(let text):
            try spend(count, times: text.count)
            return .string(text.repeated(text.isEmpty ? 0 : count))
        case .list(let value): return try list(value.items.isEmpty ? [] : try copies(value.items))
        case .tuple(let value): return try tuple(value.items.isEmpty ? [] : try copies(value.items))
        default: return nil
        }
    }
}

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
