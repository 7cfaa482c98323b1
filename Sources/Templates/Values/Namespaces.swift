/// `namespace()`: a place for values that a loop sets and the template reads afterwards.
final class NamespaceObject: RuntimeObject, Reclaimable {
    let attributes: DictObject

    init(_ attributes: DictObject) { self.attributes = attributes }

    var typeName: String { "Namespace" }

    func attribute(_ name: String, _ runtime: Runtime) throws -> Value? {
        attributes.value(for: .string(Text(name)))
    }

    func set(_ name: String, _ value: Value) {
        attributes.set(.string(Text(name)), .text(name), value)
    }

    func representation(_ runtime: Runtime) throws -> Text? {
        "<Namespace " + (try runtime.representation(of: .dict(attributes))) + ">"
    }

    func reclaim() { attributes.reclaim() }
}

/// `cycler()`.
final class CyclerObject: RuntimeObject, Reclaimable {
    private var items: [Value]
    private var position = 0

    init(_ items: [Value]) throws {
        guard !items.isEmpty else { throw Failure.runtime("at least one item has to be provided") }
        self.items = items
    }

    var typeName: String { "Cycler" }

    func attribute(_ name: String, _ runtime: Runtime) throws -> Value? {
        switch name {
        case "current": items[position]
        case "pos": .int(position)
        case "items": try runtime.tuple(items)
        case "next", "__next__":
            .object(
                FunctionObject(name) { [self] arguments, _ in
                    try arguments.expectNone(name)
                    defer { position = (position + 1) % items.count }
                    return items[position]
                })
        case "reset":
            .object(
                FunctionObject(name) { [self] arguments, _ in
                    try arguments.expectNone(name)
                    position = 0
                    return .null
                })
        default: nil
        }
    }

    func reclaim() { items = [.null] }
}

/// `joiner()`: nothing on its first call, the separator afterwards.
final class JoinerObject: RuntimeObject {
    private let separator: Value
    private var isUsed = false

    init(_ separator: Value) { self.separator = separator }

    var typeName: String { "Joiner" }
    var isCallable: Bool { true }

    func call(_ arguments: Arguments, _ runtime: Runtime) throws -> Value {
        try arguments.expectNone("joiner")
        defer { isUsed = true }
        return isUsed ? separator : .text("")
    }

    func attribute(_ name: String, _ runtime: Runtime) throws -> Value? {
        switch name {
        case "sep": separator
        case "used": .bool(isUsed)
        default: nil
        }
    }
}
