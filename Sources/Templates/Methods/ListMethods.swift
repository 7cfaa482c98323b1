/// The methods of `list`.
enum ListMethods {
    typealias Method = @Sendable (Runtime, ListObject, Arguments) throws -> Value

    static let all: [String: Method] = [
        "append": { runtime, list, arguments in
            let item = try arguments.only("append")
            try runtime.spend(1)
            list.items.append(item)
            return .null
        },
        "extend": { runtime, list, arguments in
            list.items += try runtime.items(of: try arguments.only("extend"))
            return .null
        },
        "insert": { runtime, list, arguments in
            let bound = try arguments.bind("insert", ["index", "object"], required: 2, positionalOnly: true)
            let index = try bound.int(0)
            try runtime.spend(list.items.count)
            let place = index < 0 ? max(0, index + list.items.count) : min(index, list.items.count)
            list.items.insert(try bound.value(1), at: place)
            return .null
        },
        "pop": { runtime, list, arguments in
            let index = try arguments.bind("pop", ["index"], positionalOnly: true).int(0, default: -1)
            try runtime.spend(list.items.count)
            let place = index < 0 ? index + list.items.count : index
            guard list.items.indices.contains(place) else { throw Failure(.index, "pop index out of range") }
            return list.items.remove(at: place)
        },
        "remove": { runtime, list, arguments in
            let item = try arguments.only("remove")
            guard let place = try list.items.firstIndex(where: { try runtime.areEqual($0, item) }) else {
                throw Failure.value("list.remove(x): x not in list")
            }
            list.items.remove(at: place)
            return .null
        },
        "clear": { _, list, arguments in
            try arguments.expectNone("clear")
            list.items = []
            return .null
        },
        "copy": { runtime, list, arguments in
            try arguments.expectNone("copy")
            return try runtime.list(list.items)
        },
        "reverse": { runtime, list, arguments in
            try arguments.expectNone("reverse")
            try runtime.spend(list.items.count)
            list.items.reverse()
            return .null
        },
        "sort": { runtime, list, arguments in
            guard arguments.positional.isEmpty else { throw Failure.type("sort() takes no positional arguments") }
            let bound = try arguments.bind("sort", ["key", "reverse"])
            let key = bound.value(0, default: .null)
            list.items = try runtime.sorted(list.items, isReversed: try runtime.isTrue(bound.value(1, default: .null)))
            {
                key.isNone ? $0 : try runtime.call(key, Arguments(positional: [$0]))
            }
            return .null
        },
        "index": { runtime, list, arguments in try index(runtime, list.items, arguments) },
        "count": { runtime, list, arguments in try count(runtime, list.items, arguments) },
        "__len__": { _, list, _ in .int(list.items.count) },
        "__getitem__": { runtime, list, arguments in try getItem(runtime, .list(list), arguments) },
        "__contains__": { runtime, list, arguments in
            .bool(try runtime.contains(.list(list), try arguments.only("__contains__")))
        },
        "__setitem__": { _, list, arguments in
            let bound = try arguments.bind("__setitem__", ["key", "value"], required: 2, positionalOnly: true)
            let index = try bound.int(0)
            let place = index < 0 ? index + list.items.count : index
            guard list.items.indices.contains(place) else { throw Failure(.index, "list index out of range") }
            list.items[place] = try bound.value(1)
            return .null
        },
    ]

    static func index(_ runtime: Runtime, _ items: [Value], _ arguments: Arguments) throws -> Value {
        let bound = try arguments.bind("index", ["value", "start", "stop"], required: 1, positionalOnly: true)
        let value = try bound.value(0)
        let slice = Slice(try bound.int(1, default: 0), try bound.int(2, default: items.count))
        for place in try slice.places(in: items.count) where try runtime.areEqual(items[place], value) {
            return .int(place)
        }
        throw Failure.value("the value is not in the sequence")
    }

    static func count(_ runtime: Runtime, _ items: [Value], _ arguments: Arguments) throws -> Value {
        let value = try arguments.only("count")
        return .int(try items.filter { try runtime.areEqual($0, value) }.count)
    }

    static func getItem(_ runtime: Runtime, _ container: Value, _ arguments: Arguments) throws -> Value {
        guard let item = try runtime.item(try arguments.only("__getitem__"), of: container) else {
            throw Failure(.key, "there is no such item")
        }
        return item
    }
}
