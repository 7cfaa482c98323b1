/// A value whose behaviour is its own: what Python would do through special methods.
protocol RuntimeObject: AnyObject {
    var typeName: String { get }
    var isCallable: Bool { get }

    /// nil is Python's `AttributeError`.
    func attribute(_ name: String, _ runtime: Runtime) throws -> Value?
    /// nil is a type or lookup error.
    func item(_ key: Value, _ runtime: Runtime) throws -> Value?
    func call(_ arguments: Arguments, _ runtime: Runtime) throws -> Value
    /// nil: not iterable.
    func iterator(_ runtime: Runtime) throws -> IteratorObject?
    /// nil: without a length.
    func length(_ runtime: Runtime) throws -> Int?
    func contains(_ value: Value, _ runtime: Runtime) throws -> Bool?
    /// nil if Python would print a memory address.
    func representation(_ runtime: Runtime) throws -> Text?
    /// nil: `representation`.
    func text(_ runtime: Runtime) throws -> Text?
    func isEqual(to other: any RuntimeObject, _ runtime: Runtime) throws -> Bool
}

extension RuntimeObject {
    var isCallable: Bool { false }
    func attribute(_ name: String, _ runtime: Runtime) throws -> Value? { nil }
    func item(_ key: Value, _ runtime: Runtime) throws -> Value? { nil }
    func call(_ arguments: Arguments, _ runtime: Runtime) throws -> Value {
        throw Failure.type("'\(typeName)' object is not callable")
    }
    func iterator(_ runtime: Runtime) throws -> IteratorObject? { nil }
    func length(_ runtime: Runtime) throws -> Int? { nil }
    func contains(_ value: Value, _ runtime: Runtime) throws -> Bool? { nil }
    func representation(_ runtime: Runtime) throws -> Text? { nil }
    func text(_ runtime: Runtime) throws -> Text? { nil }
    func isEqual(to other: any RuntimeObject, _ runtime: Runtime) throws -> Bool { other === self }
}
