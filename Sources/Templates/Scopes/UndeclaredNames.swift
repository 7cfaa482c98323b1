/// Finds which of a few special names a body reads before it sets them.
struct UndeclaredNames {
    private var wanted: Set<String>
    private var found: Set<String> = []

    static func find(_ names: Set<String>, in statements: [Statement]) -> Set<String> {
        var search = UndeclaredNames(wanted: names)
        search.visit(statements)
        return search.found
    }

    private mutating func visit(_ statements: [Statement]) {
        for statement in statements { visit(statement) }
    }

    private mutating func visit(_ expression: Expression?) {
        guard let expression else { return }
        if case .name(let name) = expression.form, wanted.contains(name) { found.insert(name) }
        for child in expression.children { visit(child) }
    }

    private mutating func set(_ target: Expression) {
        wanted.subtract(target.targetNames)
    }

    private mutating func visit(_ macro: MacroDefinition) {
        wanted.subtract(macro.parameters)
        for expression in macro.defaults { visit(expression) }
        visit(macro.body)
    }

    private mutating func visit(_ statement: Statement) {
        guard found != wanted else { return }
        switch statement.form {
        case .output(let parts):
            for case .expression(let expression) in parts { visit(expression) }
        case .branch(let test, let body, let elifs, let otherwise):
            visit(test)
            visit(body)
            for branch in elifs {
                visit(branch.test)
                visit(branch.body)
            }
            visit(otherwise)
        case .loop(let loop):
            set(loop.target)
            visit(loop.sequence)
            visit(loop.body)
            visit(loop.otherwise)
            visit(loop.test)
        case .assign(let target, let value):
            set(target)
            visit(value)
        case .assignBlock(let target, let filter, let body):
            set(target)
            visit(filter)
            visit(body)
        case .macro(_, let macro): visit(macro)
        case .callBlock(let call, let macro):
            visit(call)
            visit(macro)
        case .filterBlock(let filter, let body):
            visit(body)
            visit(filter)
        case .with(let targets, let values, let body):
            for target in targets { set(target) }
            for value in values { visit(value) }
            visit(body)
        case .extends(let template), .include(let template, _, _), .importModule(let template, _, _),
            .importNames(let template, _, _):
            visit(template)
        case .autoescape(let option, let body):
            visit(option)
            visit(body)
        case .block: break
        }
    }
}
