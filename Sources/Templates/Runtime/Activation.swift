/// The variables of one run of a template, block, macro or recursive loop; nested ones see the outer ones.
final class Activation: Reclaimable {
    private var cells: [String: Value?] = [:]
    private let parent: Activation?

    init(parent: Activation? = nil) { self.parent = parent }

    /// nil for a variable without a value.
    subscript(identifier: String) -> Value? {
        get {
            if let cell = cells[identifier] { return cell }
            return parent?[identifier]
        }
        set { cells.updateValue(newValue, forKey: identifier) }
    }

    func reclaim() { cells = [:] }
}

/// What a template sees by name: the caller's values and what the top level has set.
final class Context: Reclaimable {
    /// A block with the template whose tables it needs.
    struct Block {
        var template: CompiledTemplate
        var block: CompiledBlock
    }

    let template: String
    private var given: [String: Value]
    var assigned: [String: Value] = [:]
    var exported: Set<String> = []
    /// The versions of every block, the most derived one first.
    var blocks: [String: [Block]]

    init(template: String, given: [String: Value], blocks: [String: [Block]]) {
        self.template = template
        self.given = given
        self.blocks = blocks
    }

    convenience init(_ template: CompiledTemplate, given: [String: Value]) {
        let blocks = template.blocks.mapValues { [Block(template: template, block: $0)] }
        self.init(template: template.name, given: given, blocks: blocks)
    }

    func resolve(_ name: String) -> Value? { assigned[name] ?? given[name] }

    var all: [String: Value] { given.merging(assigned) { $1 } }

    func assign(_ name: String, _ value: Value) {
        assigned[name] = value
        if !name.hasPrefix("_") { exported.insert(name) }
    }

    /// What an importer sees.
    var exports: [String: Value] { assigned.filter { exported.contains($0.key) } }

    func reclaim() {
        given = [:]
        assigned = [:]
    }
}

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
