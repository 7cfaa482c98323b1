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
