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

/// Anything that is called: bound methods, global functions, types.
final class FunctionObject: RuntimeObject {
    typealias Body = (Arguments, Runtime) throws -> Value

    let name: String
    let typeName: String
    /// What `str` gives, for types; functions would print an address.
    private let shown: Text?
    private let body: Body

    init(_ name: String, typeName: String = "builtin_function_or_method", shown: Text? = nil, _ body: @escaping Body) {
        self.name = name
        self.typeName = typeName
        self.shown = shown
        self.body = body
    }

    var isCallable: Bool { true }
    func call(_ arguments: Arguments, _ runtime: Runtime) throws -> Value { try body(arguments, runtime) }
    func representation(_ runtime: Runtime) throws -> Text? { shown }

    func attribute(_ name: String, _ runtime: Runtime) throws -> Value? {
        name == "__name__" ? .text(self.name) : nil
    }
}
