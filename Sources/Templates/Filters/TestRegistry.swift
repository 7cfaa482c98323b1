/// Jinja2's tests by name.
enum TestRegistry {
    typealias Test = @Sendable (Runtime, Value, Arguments) throws -> Bool

    static let tests: [String: Test] = types.merging(values) { $1 }.merging(comparisons) { $1 }

    private static func simple(_ name: String, _ test: @escaping @Sendable (Value) -> Bool) -> Test {
        { _, value, arguments in
            try arguments.expectNone(name)
            return test(value)
        }
    }

    private static func remainder(_ runtime: Runtime, _ value: Value, _ divisor: Value, _ wanted: Int) throws -> Bool {
        try runtime.areEqual(try runtime.apply(.remainder, value, divisor), .int(wanted))
    }

    private static let types: [String: Test] = [
        "defined": simple("defined") { !$0.isUndefined },
        "undefined": simple("undefined") { $0.isUndefined },
        "none": simple("none") { $0.isNone },
        "boolean": simple("boolean") { if case .bool = $0 { true } else { false } },
        "true": simple("true") { if case .bool(true) = $0 { true } else { false } },
        "false": simple("false") { if case .bool(false) = $0 { true } else { false } },
        "integer": simple("integer") { if case .int = $0 { true } else { false } },
        "float": simple("float") { if case .double = $0 { true } else { false } },
        "number": simple("number") { $0.asDouble != nil },
        "string": simple("string") { $0.asText != nil },
        "mapping": simple("mapping") { if case .dict = $0 { true } else { false } },
        "escaped": simple("escaped") { $0.asText?.isMarkup == true },
        "callable": simple("callable") { value in
            switch value {
            case .undefined: true
            case .object(let object): object.isCallable
            default: false
            }
        },
        "sequence": { runtime, value, arguments in
            try arguments.expectNone("sequence")
            switch value {
            case .string, .list, .tuple, .dict: return true
            case .undefined(let undefined): return !undefined.isStrict
            case .object(let object): return object is RangeObject
            default: return false
            }
        },
        "iterable": { runtime, value, arguments in
            try arguments.expectNone("iterable")
            do {
                _ = try runtime.iterator(of: value)
                return true
            } catch let failure as Failure where failure.kind == .type {
                return false
            }
        },
    ]

    private static let values: [String: Test] = [
        "odd": { runtime, value, arguments in
            try arguments.expectNone("odd")
            return try remainder(runtime, value, .int(2), 1)
        },
        "even": { runtime, value, arguments in
            try arguments.expectNone("even")
            return try remainder(runtime, value, .int(2), 0)
        },
        "divisibleby": { runtime, value, arguments in
            try remainder(runtime, value, try arguments.bind("divisibleby", ["num"], required: 1).value(0), 0)
        },
        "lower": { runtime, value, arguments in
            try arguments.expectNone("lower")
            return try runtime.text(of: value).isPythonLower
        },
        "upper": { runtime, value, arguments in
            try arguments.expectNone("upper")
            return try runtime.text(of: value).isPythonUpper
        },
        "filter": { runtime, value, arguments in
            try arguments.expectNone("filter")
            _ = try runtime.hashKey(value)
            return value.asText.map { FilterRegistry.filters[$0.string] != nil } ?? false
        },
        "test": { runtime, value, arguments in
            try arguments.expectNone("test")
            _ = try runtime.hashKey(value)
            return value.asText.map { tests[$0.string] != nil } ?? false
        },
        "in": { runtime, value, arguments in
            try runtime.contains(try arguments.bind("in", ["seq"], required: 1).value(0), value)
        },
        "sameas": { _, value, arguments in
            isSame(value, try arguments.bind("sameas", ["other"], required: 1).value(0))
        },
    ]

    private static let comparisons: [String: Test] = {
        let names: [(ComparisonOperator, [String])] = [
            (.equal, ["==", "eq", "equalto"]), (.notEqual, ["!=", "ne"]), (.greater, [">", "gt", "greaterthan"]),
            (.greaterOrEqual, [">=", "ge"]), (.less, ["<", "lt", "lessthan"]), (.lessOrEqual, ["<=", "le"]),
        ]
        var tests: [String: Test] = [:]
        for (comparison, aliases) in names {
            for name in aliases {
                tests[name] = { runtime, value, arguments in
                    let other = try arguments.bind(name, ["b"], required: 1, positionalOnly: true).value(0)
                    return try runtime.holds(value, comparison, other)
                }
            }
        }
        return tests
    }()

    /// Identity; numbers and strings that are equal and of one type count as one object.
    private static func isSame(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left == right && left.isMarkup == right.isMarkup
        case (.list(let left), .list(let right)): left === right
        case (.tuple(let left), .tuple(let right)): left === right
        case (.dict(let left), .dict(let right)): left === right
        case (.object(let left), .object(let right)): left === right
        default: false
        }
    }
}
