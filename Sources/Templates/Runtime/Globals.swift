/// The functions that every template can call.
enum Globals {
    static var all: [String: Value] {
        [
            "range": type("range") { arguments, _ in .object(try range(arguments)) },
            "dict": type("dict") { arguments, runtime in .dict(try dict(arguments, runtime)) },
            "namespace": type("jinja2.utils.Namespace") { arguments, runtime in
                .object(runtime.keep(NamespaceObject(try dict(arguments, runtime))))
            },
            "cycler": type("jinja2.utils.Cycler") { arguments, runtime in
                guard arguments.named.isEmpty else { throw Failure.type("cycler() takes no keyword arguments") }
                return .object(runtime.keep(try CyclerObject(arguments.positional)))
            },
            "joiner": type("jinja2.utils.Joiner") { arguments, _ in
                .object(JoinerObject(try arguments.bind("joiner", ["sep"]).value(0, default: .text(", "))))
            },
            "lipsum": .object(
                FunctionObject("lipsum", typeName: "function") { _, _ in
                    throw Failure(
                        .runtime, "lipsum() is random and would make every render another one",
                        hint: "write the text out")
                }),
        ]
    }

    private static func type(_ name: String, _ body: @escaping FunctionObject.Body) -> Value {
        .object(FunctionObject(name, typeName: "type", shown: Text("<class '\(name)'>"), body))
    }

    private static func range(_ arguments: Arguments) throws -> RangeObject {
        let bound = try arguments.bind("range", ["start", "stop", "step"], required: 1, positionalOnly: true)
        guard bound[1] != nil else { return try RangeObject(start: 0, stop: try bound.int(0), step: 1) }
        return try RangeObject(start: try bound.int(0), stop: try bound.int(1), step: try bound.int(2, default: 1))
    }

    /// `dict(mapping, **entries)` or `dict(pairs, **entries)`.
    static func dict(_ arguments: Arguments, _ runtime: Runtime) throws -> DictObject {
        let dict = try runtime.dict()
        guard arguments.positional.count <= 1 else {
            throw Failure.type("dict() takes at most one positional argument")
        }
        if let first = arguments.positional.first { try update(dict, with: first, runtime) }
        for (name, value) in arguments.named { try runtime.set(.text(name), value, in: dict) }
        return dict
    }

    static func update(_ dict: DictObject, with value: Value, _ runtime: Runtime) throws {
        if case .dict(let other) = value {
            for (key, value) in zip(other.keys, other.values) { try runtime.set(key, value, in: dict) }
            return
        }
        for item in try runtime.items(of: value) {
            let pair = try runtime.items(of: item)
            guard pair.count == 2 else {
                throw Failure.value("a dict is made of pairs, found an item of length \(pair.count)")
            }
            try runtime.set(pair[0], pair[1], in: dict)
        }
    }
}
