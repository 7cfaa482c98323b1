/// The methods of `dict`.
enum DictMethods {
    typealias Method = @Sendable (Runtime, DictObject, Arguments) throws -> Value

    static let all: [String: Method] = [
        "get": { runtime, dict, arguments in
            let bound = try arguments.bind("get", ["key", "default"], required: 1, positionalOnly: true)
            return dict.value(for: try runtime.hashKey(try bound.value(0))) ?? bound.value(1, default: .null)
        },
        "keys": { _, dict, arguments in try view(.keys, dict, arguments) },
        "values": { _, dict, arguments in try view(.values, dict, arguments) },
        "items": { _, dict, arguments in try view(.items, dict, arguments) },
        "pop": { runtime, dict, arguments in
            let bound = try arguments.bind("pop", ["key", "default"], required: 1, positionalOnly: true)
            try runtime.spend(dict.count)
            if let entry = dict.remove(try runtime.hashKey(try bound.value(0))) { return entry.value }
            guard let fallback = bound[1] else {
                throw Failure(
                    .key, "the dict has no key " + (try runtime.representation(of: try bound.value(0)).string))
            }
            return fallback
        },
        "popitem": { runtime, dict, arguments in
            try arguments.expectNone("popitem")
            guard let last = dict.keys.last, let entry = dict.remove(try runtime.hashKey(last)) else {
                throw Failure(.key, "popitem(): the dict is empty")
            }
            try runtime.spend(dict.count)
            return try runtime.tuple([entry.key, entry.value])
        },
        "setdefault": { runtime, dict, arguments in
            let bound = try arguments.bind("setdefault", ["key", "default"], required: 1, positionalOnly: true)
            let key = try bound.value(0)
            if let value = dict.value(for: try runtime.hashKey(key)) { return value }
            let value = bound.value(1, default: .null)
            try runtime.set(key, value, in: dict)
            return value
        },
        "update": { runtime, dict, arguments in
            guard arguments.positional.count <= 1 else { throw Failure.type("update() takes at most one argument") }
            if let other = arguments.positional.first { try Globals.update(dict, with: other, runtime) }
            for (name, value) in arguments.named { try runtime.set(.text(name), value, in: dict) }
            return .null
        },
        "copy": { runtime, dict, arguments in
            try arguments.expectNone("copy")
            let copy = try runtime.dict()
            try Globals.update(copy, with: .dict(dict), runtime)
            return .dict(copy)
        },
        "clear": { _, dict, arguments in
            try arguments.expectNone("clear")
            dict.removeAll()
            return .null
        },
        "__len__": { _, dict, _ in .int(dict.count) },
        "__getitem__": { runtime, dict, arguments in try ListMethods.getItem(runtime, .dict(dict), arguments) },
        "__contains__": { runtime, dict, arguments in
            .bool(try runtime.contains(.dict(dict), try arguments.only("__contains__")))
        },
        "__setitem__": { runtime, dict, arguments in
            let bound = try arguments.bind("__setitem__", ["key", "value"], required: 2, positionalOnly: true)
            try runtime.set(try bound.value(0), try bound.value(1), in: dict)
            return .null
        },
        "__delitem__": { runtime, dict, arguments in
            guard dict.remove(try runtime.hashKey(try arguments.only("__delitem__"))) != nil else {
                throw Failure(.key, "the dict has no such key")
            }
            return .null
        },
    ]

    private static func view(_ part: DictView.Part, _ dict: DictObject, _ arguments: Arguments) throws -> Value {
        try arguments.expectNone(part.rawValue)
        return .object(DictView(dict, part))
    }
}
