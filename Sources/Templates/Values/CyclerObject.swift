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
