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
