/// Filters that pick and change the items of a sequence, one by one when they are asked for.
enum SelectionFilters {
    static let all: [String: FilterRegistry.Filter] = [
        "select": { choose($0, $1, $2, byAttribute: false, keeps: true) },
        "reject": { choose($0, $1, $2, byAttribute: false, keeps: false) },
        "selectattr": { choose($0, $1, $2, byAttribute: true, keeps: true) },
        "rejectattr": { choose($0, $1, $2, byAttribute: true, keeps: false) },
        "map": { runtime, value, arguments in
            lazily(runtime, value) {
                let change = try change(arguments, runtime)
                return { .some(try change($0)) }
            }
        },
        "attr": { runtime, value, arguments in
            guard let name = try arguments.bind("attr", ["name"], required: 1).value(0).asText else {
                throw Failure.type("attr() needs the name of an attribute")
            }
            return try runtime.pythonAttribute(name.string, of: value)
                ?? .undefined(runtime.undefined("'\(value.typeName) object' has no attribute '\(name.string)'"))
        },
    ]

    /// Runs `prepare` when the first item is wanted; its result answers nil for items to leave out.
    private static func lazily(
        _ runtime: Runtime, _ value: Value, _ prepare: @escaping () throws -> (Value) throws -> Value?
    ) -> Value {
        var source: (items: IteratorObject, pick: (Value) throws -> Value?)?
        return .object(
            runtime.iterator {
                if source == nil {
                    guard try runtime.isTrue(value) else { return nil }
                    let pick = try prepare()
                    source = (try runtime.iterator(of: value), pick)
                }
                while let item = try source?.items.next(runtime) {
                    if let picked = try source?.pick(item) { return picked }
                }
                return nil
            })
    }

    private static func change(_ arguments: Arguments, _ runtime: Runtime) throws -> (Value) throws -> Value {
        guard arguments.positional.isEmpty, arguments.named.contains(where: { $0.name == "attribute" }) else {
            guard let name = arguments.positional.first else { throw Failure.value("map requires a filter argument") }
            let rest = Arguments(positional: Array(arguments.positional.dropFirst()), named: arguments.named)
            return { try runtime.filter(try filterName(name), $0, rest) }
        }
        let bound = try arguments.bind("map", ["attribute", "default"], required: 1)
        let path = try AttributePath(try bound.value(0))
        return { try path.value(in: $0, default: bound.value(1, default: .null), runtime) }
    }

    private static func filterName(_ value: Value) throws -> String {
        if case .undefined(let undefined) = value { throw undefined.failure }
        guard let name = value.asText else {
            throw Failure.runtime("a filter is named by a str, found \(value.typeName)")
        }
        return name.string
    }

    private static func choose(
        _ runtime: Runtime, _ value: Value, _ arguments: Arguments, byAttribute: Bool, keeps: Bool
    ) -> Value {
        lazily(runtime, value) {
            var rest = arguments.positional[...]
            var path = try AttributePath(.null)
            if byAttribute {
                guard let attribute = rest.popFirst() else {
                    throw Failure.value("missing parameter for attribute name")
                }
                path = try AttributePath(attribute)
            }
            let test = rest.popFirst()
            let testArguments = Arguments(positional: Array(rest), named: arguments.named)
            return { item in
                var value = try path.value(in: item, runtime)
                if let test { value = try runtime.test(try filterName(test), value, testArguments) }
                return try runtime.isTrue(value) == keeps ? item : nil
            }
        }
    }
}
