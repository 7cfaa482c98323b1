extension Runtime {
    func evaluate(_ expression: Expression, _ frame: Frame) throws -> Value {
        do {
            try spend(1)
            return try nested { try value(of: expression, frame) }
        } catch let failure as Failure {
            throw failure.located(Place(template: frame.template.name, line: expression.line))
        }
    }

    private func value(of expression: Expression, _ frame: Frame) throws -> Value {
        switch expression.form {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .integer(let number): return .int(number)
        case .float(let number): return .double(number)
        case .string(let text): return .string(text)
        case .name(let name): return frame.value(name) ?? undefinedName(name)
        case .tuple(let items): return try tuple(try items.map { try evaluate($0, frame) })
        case .list(let items): return try list(try items.map { try evaluate($0, frame) })
        case .dictionary(let pairs): return try dictionary(pairs, frame)
        case .unary(let operation, let operand): return try unary(operation, operand, frame)
        case .binary(let operation, let left, let right):
            return try apply(operation, try evaluate(left, frame), try evaluate(right, frame))
        case .and(let left, let right): return try logical(left, right, frame, isAnd: true)
        case .or(let left, let right): return try logical(left, right, frame, isAnd: false)
        case .concatenation(let items): return try concatenation(items, frame)
        case .comparison(let first, let rest): return try comparison(first, rest, frame)
        case .conditional(let test, let then, let otherwise):
            return try conditional(test, then, otherwise, frame, line: expression.line)
        case .attribute(let base, let name): return try attribute(name, of: try evaluate(base, frame))
        case .item(let base, let index): return try item(base, index, frame)
        case .call: return try evaluateCall(expression, caller: nil, frame)
        case .filter: return try applyFilters(expression, to: .null, frame)
        case .test(let operand, let name, let arguments): return try test(operand, name, arguments, frame)
        case .slice, .namespaceAttribute: throw Failure(.syntax, "this expression has no value of its own")
        }
    }

    private func dictionary(_ pairs: [(key: Expression, value: Expression)], _ frame: Frame) throws -> Value {
        let dict = try dict()
        for (key, value) in pairs { try set(try evaluate(key, frame), try evaluate(value, frame), in: dict) }
        return .dict(dict)
    }

    private func unary(_ operation: UnaryOperator, _ operand: Expression, _ frame: Frame) throws -> Value {
        let value = try evaluate(operand, frame)
        return operation == .not ? .bool(try !isTrue(value)) : try applySign(operation, value)
    }

    private func logical(_ left: Expression, _ right: Expression, _ frame: Frame, isAnd: Bool) throws -> Value {
        let value = try evaluate(left, frame)
        return try isTrue(value) == isAnd ? try evaluate(right, frame) : value
    }

    private func concatenation(_ items: [Expression], _ frame: Frame) throws -> Value {
        var result = Text()
        for value in try items.map({ try evaluate($0, frame) }) {
            let text = try text(of: value)
            try spend(text.count)
            result.append(text)
        }
        return .string(result)
    }

    private func comparison(
        _ first: Expression, _ rest: [(comparison: ComparisonOperator, operand: Expression)], _ frame: Frame
    ) throws -> Value {
        var left = try evaluate(first, frame)
        for (comparison, operand) in rest {
            let right = try evaluate(operand, frame)
            guard try holds(left, comparison, right) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }

    func holds(_ left: Value, _ comparison: ComparisonOperator, _ right: Value) throws -> Bool {
        switch comparison {
        case .equal: try areEqual(left, right)
        case .notEqual: try !areEqual(left, right)
        case .contained: try contains(right, left)
        case .notContained: try !contains(right, left)
        default: try compare(left, comparison, right)
        }
    }

    /// Without `else` the value is undefined, and prints as nothing even where undefined is strict.
    private func conditional(
        _ test: Expression, _ then: Expression, _ otherwise: Expression?, _ frame: Frame, line: Int
    ) throws -> Value {
        if try isTrue(test, frame) { return try evaluate(then, frame) }
        if let otherwise { return try evaluate(otherwise, frame) }
        let message = "the inline if-expression on line \(line) evaluated to false and no else section was defined"
        return .undefined(Undefined(message: message, isStrict: false))
    }

    private func item(_ base: Expression, _ index: Expression, _ frame: Frame) throws -> Value {
        let value = try evaluate(base, frame)
        guard case .slice(let start, let stop, let step) = index.form else {
            return try subscripted(value, try evaluate(index, frame))
        }
        func bound(_ expression: Expression?) throws -> Value {
            try expression.map { try evaluate($0, frame) } ?? .null
        }
        return try slice(value, try bound(start), try bound(stop), try bound(step))
    }

    private func test(_ operand: Expression, _ name: String, _ list: ArgumentList, _ frame: Frame) throws -> Value {
        let value = try evaluate(operand, frame)
        let arguments = try arguments(list, frame)
        return .bool(try isTrue(try test(name, value, arguments)))
    }
}
