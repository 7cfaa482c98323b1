/// A Python iterator or generator: items made one by one, once.
final class IteratorObject: RuntimeObject, Reclaimable {
    let typeName: String
    private var advance: () throws -> Value?
    private var isDone = false

    init(_ typeName: String = "generator", _ advance: @escaping () throws -> Value?) {
        self.typeName = typeName
        self.advance = advance
    }

    func next(_ runtime: Runtime) throws -> Value? {
        if isDone { return nil }
        try runtime.spend(1)
        let value = try runtime.nested(advance)
        if value == nil { isDone = true }
        return value
    }

    func iterator(_ runtime: Runtime) throws -> IteratorObject? { self }

    func attribute(_ name: String, _ runtime: Runtime) throws -> Value? {
        guard name == "__next__" else { return nil }
        return .object(
            FunctionObject("__next__") { [self] _, runtime in
                try next(runtime) ?? .undefined(runtime.undefined("the iterator is exhausted"))
            })
    }

    func reclaim() {
        isDone = true
        advance = { nil }
    }
}
