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
