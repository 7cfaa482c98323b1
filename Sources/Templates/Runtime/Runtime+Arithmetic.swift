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
