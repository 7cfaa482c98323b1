/// A version of a block, rendered by a call: `super()` or `self.name()`.
final class BlockObject: RuntimeObject {
    private let name: String
    private let context: Context
    private let versions: [Context.Block]
    private let place: Int

    init(_ name: String, _ context: Context, _ versions: [Context.Block], _ place: Int) {
        self.name = name
        self.context = context
        self.versions = versions
        self.place = place
    }

    var typeName: String { "BlockReference" }
    var isCallable: Bool { true }

    func call(_ arguments: Arguments, _ runtime: Runtime) throws -> Value {
        try arguments.expectNone("block")
        var output = Text()
        try runtime.render(versions[place], context, &output)
        return .string(output)
    }

    func attribute(_ attribute: String, _ runtime: Runtime) throws -> Value? {
        switch attribute {
        case "name": return .text(name)
        case "super":
            guard place + 1 < versions.count else {
                return .undefined(runtime.undefined("there is no parent block called '\(name)'"))
            }
            return .object(BlockObject(name, context, versions, place + 1))
        default: return nil
        }
    }
}
