/// A `{% block %}`; which template renders it is decided by inheritance.
final class CompiledBlock: Sendable {
    let name: String
    let body: [Statement]
    let scope: Scope
    let usesSelf: Bool
    let usesSuper: Bool

    init(name: String, body: [Statement], scope: Scope, usesSelf: Bool, usesSuper: Bool) {
        self.name = name
        self.body = body
        self.scope = scope
        self.usesSelf = usesSelf
        self.usesSuper = usesSuper
    }
}
