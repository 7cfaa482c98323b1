extension Runtime {
    /// A call, which hands `caller` to the macro that a call block names.
    func evaluateCall(_ expression: Expression, caller: Value?, _ frame: Frame) throws -> Value {
        guard case .call(let callee, let list) = expression.form else {
            throw Failure(.syntax, "expected a call")
        }
        let function = try evaluate(callee, frame)
        let arguments = try arguments(list, caller: caller, frame)
        do {
            return try call(function, arguments)
        } catch let failure as Failure {
            throw failure.located(Place(template: frame.template.name, line: expression.line))
        }
    }

    func call(_ function: Value, _ arguments: Arguments) throws -> Value {
        switch function {
        case .undefined(let undefined): throw undefined.failure
        case .object(let object): return try nested { try object.call(arguments, self) }
        default: throw Failure.type("'\(function.typeName)' object is not callable")
        }
    }

    func arguments(_ list: ArgumentList, caller: Value? = nil, _ frame: Frame) throws -> Arguments {
        var arguments = Arguments(positional: try list.positional.map { try evaluate($0, frame) })
        arguments.named = try list.named.map { ($0.name, try evaluate($0.value, frame)) }
        if let unpacked = list.unpackedList {
            arguments.positional += try items(of: try evaluate(unpacked, frame))
        }
        if let caller { try add("caller", caller, to: &arguments) }
        if let unpacked = list.unpackedDictionary {
            let value = try evaluate(unpacked, frame)
            if case .undefined(let undefined) = value { throw undefined.failure }
            guard case .dict(let dict) = value else {
                throw Failure.type("the argument after ** should be a dict, found \(value.typeName)")
            }
            for (key, value) in zip(dict.keys, dict.values) {
                guard let name = key.asText else { throw Failure.type("keywords must be strings") }
                try add(name.string, value, to: &arguments)
            }
        }
        return arguments
    }

    private func add(_ name: String, _ value: Value, to arguments: inout Arguments) throws {
        guard !arguments.named.contains(where: { $0.name == name }) else {
            throw Failure.type("the call got two values for the keyword argument '\(name)'")
        }
        arguments.named.append((name, value))
    }

    /// A chain of filters; the innermost one of a filter block works on `captured`.
    func applyFilters(_ expression: Expression, to captured: Value, _ frame: Frame) throws -> Value {
        guard case .filter(let operand, let name, let list) = expression.form else {
            return try evaluate(expression, frame)
        }
        let value = try operand.map { inner in try nested { try applyFilters(inner, to: captured, frame) } } ?? captured
        do {
            return try filter(name, value, try arguments(list, frame))
        } catch let failure as Failure {
            throw failure.located(Place(template: frame.template.name, line: expression.line))
        }
    }

    func filter(_ name: String, _ value: Value, _ arguments: Arguments) throws -> Value {
        guard let filter = FilterRegistry.filters[name] else { throw Failure.runtime("no filter named '\(name)'") }
        return try nested { try filter(self, value, arguments) }
    }

    func test(_ name: String, _ value: Value, _ arguments: Arguments) throws -> Value {
        guard let test = TestRegistry.tests[name] else { throw Failure.runtime("no test named '\(name)'") }
        return try nested { .bool(try test(self, value, arguments)) }
    }
}
