extension ScopeBuilder {
    mutating func load(_ expression: Expression) {
        switch expression.form {
        case .name(let name), .namespaceAttribute(let name, _): load(name)
        default: for child in expression.children { load(child) }
        }
    }

    mutating func store(target: Expression) {
        switch target.form {
        case .name(let name): store(name)
        case .namespaceAttribute(let name, _): load(name)
        default: for child in target.children { store(target: child) }
        }
    }

    mutating func declare(target: Expression) {
        for name in target.targetNames { declare(name) }
    }

    mutating func visit(_ statements: [Statement]) {
        for statement in statements { visit(statement) }
    }

    mutating func visit(_ macro: MacroDefinition) {
        for parameter in macro.parameters { declare(parameter) }
        for expression in macro.defaults { load(expression) }
        visit(macro.body)
    }

    /// What the statement itself reads and sets; the regions that it opens are analysed on their own.
    private mutating func visit(_ statement: Statement) {
        switch statement.form {
        case .output(let parts):
            for case .expression(let expression) in parts { load(expression) }
        case .branch(let test, let body, let elifs, let otherwise):
            load(test)
            visit(body: body, elifs: elifs, otherwise: otherwise)
        case .loop(let loop): load(loop.sequence)
        case .assign(let target, let value):
            load(value)
            store(target: target)
        case .assignBlock(let target, _, _): store(target: target)
        case .macro(let name, _): store(name)
        case .callBlock(let call, _): load(call)
        case .filterBlock(let filter, _): load(filter)
        case .with(_, let values, _):
            for value in values { load(value) }
        case .extends(let template), .include(let template, _, _): load(template)
        case .importModule(let template, let target, _):
            load(template)
            store(target)
        case .importNames(let template, let names, _):
            load(template)
            for name in names { store(name.alias) }
        case .block, .autoescape: break
        }
    }

    private mutating func visit(body: [Statement], elifs: [Branch], otherwise: [Statement]) {
        var first = self
        first.visit(body)
        var middle = self
        for branch in elifs {
            middle.load(branch.test)
            middle.visit(body: branch.body, elifs: [], otherwise: [])
        }
        var last = self
        last.visit(otherwise)
        merge([first, middle, last])
    }
}
