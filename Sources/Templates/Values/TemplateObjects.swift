/// An imported template: its text, and what its top level has set.
final class ModuleObject: RuntimeObject, Reclaimable {
    private let name: String
    let body: Text
    private var exports: [String: Value]

    init(_ name: String, _ body: Text, _ exports: [String: Value]) {
        self.name = name
        self.body = body
        self.exports = exports
    }

    var typeName: String { "TemplateModule" }

    func attribute(_ attribute: String, _ runtime: Runtime) throws -> Value? {
        attribute == "__name__" ? .text(name) : exports[attribute]
    }

    func text(_ runtime: Runtime) throws -> Text? { body }

    func representation(_ runtime: Runtime) throws -> Text? {
        "<TemplateModule " + (try runtime.representation(of: .text(name))) + ">"
    }

    func reclaim() { exports = [:] }
}

/// The variable `self`, whose items are the blocks.
final class SelfObject: RuntimeObject {
    private let context: Context

    init(_ context: Context) { self.context = context }

    var typeName: String { "TemplateReference" }

    func item(_ key: Value, _ runtime: Runtime) throws -> Value? {
        guard let name = key.asText?.string, let versions = context.blocks[name] else { return nil }
        return .object(BlockObject(name, context, versions, 0))
    }

    func representation(_ runtime: Runtime) throws -> Text? {
        "<TemplateReference " + (try runtime.representation(of: .text(context.template))) + ">"
    }
}

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
