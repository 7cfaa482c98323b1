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
