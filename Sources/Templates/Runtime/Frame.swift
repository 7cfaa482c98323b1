/// Where in a template the render is.
struct Frame {
    /// Which template the running one extends, once it has said so.
    final class Inheritance {
        var parent: CompiledTemplate?
    }

    let template: CompiledTemplate
    let context: Context
    let inheritance: Inheritance
    let activation: Activation
    let scope: Scope
    /// Whether what is set becomes visible to blocks and importers.
    var isTop = false

    func inner(_ scope: Scope, activation: Activation? = nil) -> Frame {
        Frame(
            template: template, context: context, inheritance: inheritance, activation: activation ?? self.activation,
            scope: scope)
    }

    /// Gives the variables of the frame their first values.
    func enter() {
        for (identifier, load) in scope.loads {
            switch load {
            case .parameter: break
            case .resolve(let name): activation[identifier] = context.resolve(name)
            case .alias(let outer): activation[identifier] = activation[outer]
            case .missing: activation[identifier] = nil
            }
        }
    }

    func leave() {
        for identifier in scope.loads.keys { activation[identifier] = nil }
    }

    func set(_ name: String, _ value: Value?) {
        guard let identifier = scope.identifier(of: name) else { return }
        activation[identifier] = value
    }

    func value(_ name: String) -> Value? {
        guard let identifier = scope.identifier(of: name) else { return context.resolve(name) }
        return activation[identifier]
    }

    /// The local variables by name, for included templates and scoped blocks.
    var locals: [String: Value] {
        scope.allStores.compactMapValues { activation[$0] }
    }

    func scope(_ statement: Statement, _ role: CompiledTemplate.Region.Role = .body) -> Scope {
        template.scopes[CompiledTemplate.Region(statement: statement.id, role: role)] ?? scope
    }
}
