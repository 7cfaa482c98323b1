/// Walks a template once, in Jinja2's order, to find its regions and the errors that need no context.
struct Compiler {
    /// Where a statement stands.
    struct Surroundings {
        var scope: Scope
        /// Directly in the template or in an `if` there: what is set becomes visible to blocks and importers.
        var isTop = false
        /// Directly in the template.
        var isRoot = false
        /// Within `if`, where an unknown filter is an error only once it is reached.
        var isSoft = false
        /// Whether output depends on `extends`.
        var checksParent = false

        func inner(_ scope: Scope) -> Surroundings { Surroundings(scope: scope, checksParent: checksParent) }

        var soft: Surroundings {
            var copy = self
            copy.isRoot = false
            copy.isSoft = true
            return copy
        }
    }

    let name: String
    var blocks: [String: CompiledBlock] = [:]
    var scopes: [CompiledTemplate.Region: Scope] = [:]
    var rules: [Int: CompiledTemplate.Rule] = [:]
    var macros: [Int: CompiledTemplate.MacroTraits] = [:]
    var loopsWithVariable: Set<Int> = []
    private var hasExtended = false
    private var extendsAlways = false

    init(name: String) {
        self.name = name
    }

    mutating func compile(_ body: [Statement], options: TemplateOptions) throws -> CompiledTemplate {
        let all = body.flatMap(\.descendants)
        var names: Set<String> = []
        for case .block(let block, _, _, _) in all.map(\.form) where !names.insert(block).inserted {
            let line = all.last { if case .block(block, _, _, _) = $0.form { true } else { false } }?.line
            throw failure("the block '\(block)' is defined twice", line: line ?? 1)
        }
        let hasExtends = all.contains { if case .extends = $0.form { true } else { false } }
        let usesSelf = UndeclaredNames.find(["self"], in: body).contains("self")
        var builder = ScopeBuilder(parent: nil)
        if usesSelf { builder.declare("self") }
        builder.visit(body)
        let root = builder.scope
        try visit(body, Surroundings(scope: root, isTop: true, isRoot: true, checksParent: hasExtends))
        for statement in all {
            guard case .block(let block, _, _, let inner) = statement.form else { continue }
            blocks[block] = try compileBlock(block, inner)
        }
        return CompiledTemplate(
            name: name, options: options, body: body, compiler: self, root: root, usesSelf: usesSelf)
    }

    private mutating func compileBlock(_ block: String, _ body: [Statement]) throws -> CompiledBlock {
        let special = UndeclaredNames.find(["self", "super"], in: body)
        var builder = ScopeBuilder(parent: nil)
        for name in special.sorted() { builder.declare(name) }
        builder.visit(body)
        let scope = builder.scope
        try visit(body, Surroundings(scope: scope))
        return CompiledBlock(
            name: block, body: body, scope: scope, usesSelf: special.contains("self"),
            usesSuper: special.contains("super"))
    }

    func failure(_ message: String, line: Int) -> Failure {
        Failure(.syntax, message).located(Place(template: name, line: line))
    }

    /// The rule for output and blocks in the current state, and the effects of `extends` on what follows.
    func rule(isChecked: Bool, isBlock: Bool) -> CompiledTemplate.Rule {
        guard isChecked else { return .always }
        if extendsAlways { return .never }
        return isBlock && !hasExtended ? .always : .withoutParent
    }

    mutating func noteExtends(_ surroundings: Surroundings, line: Int) throws {
        guard surroundings.isTop else { throw failure("'extends' must stand at the top level", line: line) }
        hasExtended = true
        if surroundings.isRoot { extendsAlways = true }
    }
}
