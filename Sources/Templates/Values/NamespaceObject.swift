/// `namespace()`: a place for values that a loop sets and the template reads afterwards.
final class NamespaceObject: RuntimeObject, Reclaimable {
    let attributes: DictObject

    init(_ attributes: DictObject) { self.attributes = attributes }

    var typeName: String { "Namespace" }

    func attribute(_ name: String, _ runtime: Runtime) throws -> Value? {
        attributes.value(for: .string(Text(name)))
    }

    func set(_ name: String, _ value: Value) {
        attributes.set(.string(Text(name)), .text(name), value)
    }

    func representation(_ runtime: Runtime) throws -> Text? {
        "<Namespace " + (try runtime.representation(of: .dict(attributes))) + ">"
    }

    func reclaim() { attributes.reclaim() }
}
