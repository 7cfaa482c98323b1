extension Compiler {
    mutating func visit(_ statements: [Statement], _ here: Surroundings) throws {
        for statement in statements { try visit(statement, here) }
    }

    private mutating func visit(_ statement: Statement, _ here: Surroundings) throws {
        switch statement.form {
        case .output(let parts):
            let rule = rule(isChecked: here.checksParent, isBlock: false)
            rules[statement.id] = rule
            if rule == .never { return }
            for case .expression(let expression) in parts { try check(expression, here) }
        case .branch(let test, let body, let elifs, let otherwise):
            try check(test, here.soft)
            try visit(body, here.soft)
            for branch in elifs {
                try check(branch.test, here.soft)
                try visit(branch.body, here.soft)
            }
            try visit(otherwise, here.soft)
        case .loop(let loop): try visit(loop, statement, here)
        case .assign(_, let value): try check(value, here)
        case .assignBlock(_, let filter, let body):
            var inner = enter(statement, here) { $0.visit(body) }
            inner.checksParent = false
            try visit(body, inner)
            if let filter { try check(filter, inner) }
        case .macro(_, let macro): try visit(macro, statement, here)
        case .callBlock(let call, let macro):
            try visit(macro, statement, here)
            try check(call, here)
        case .filterBlock(let filter, let body):
            let inner = enter(statement, here) {
                $0.visit(body)
                $0.load(filter)
            }
            try visit(body, inner)
            try check(filter, inner)
        case .with(let targets, let values, let body):
            for value in values { try check(value, here) }
            let inner = enter(statement, here) {
                for target in targets { $0.declare(target: target) }
                $0.visit(body)
            }
            try visit(body, inner)
        case .block: rules[statement.id] = rule(isChecked: here.isTop, isBlock: true)
        case .extends(let template):
            try check(template, here)
            try noteExtends(here, line: statement.line)
        case .include(let template, _, _), .importModule(let template, _, _), .importNames(let template, _, _):
            try check(template, here)
        case .autoescape(let option, let body):
            let inner = enter(statement, here) {
                $0.load(option)
                $0.visit(body)
            }
            try check(option, inner)
            try visit(body, inner)
        }
    }

    private mutating func enter(
        _ statement: Statement, _ here: Surroundings, role: CompiledTemplate.Region.Role = .body,
        _ build: (inout ScopeBuilder) -> Void
    ) -> Surroundings {
        var builder = ScopeBuilder(parent: here.scope)
        build(&builder)
        let scope = builder.scope
        scopes[CompiledTemplate.Region(statement: statement.id, role: role)] = scope
        return here.inner(scope)
    }

    private mutating func visit(_ loop: Loop, _ statement: Statement, _ here: Surroundings) throws {
        let all = statement.descendants
        if all.contains(where: { $0.assignedNames.contains("loop") }) {
            throw failure("the special variable 'loop' cannot be assigned to within a loop", line: statement.line)
        }
        let hasScopedBlock = all.contains { if case .block(_, true, _, _) = $0.form { true } else { false } }
        let hasVariable =
            loop.isRecursive || hasScopedBlock || !UndeclaredNames.find(["loop"], in: loop.body).isEmpty
        if hasVariable { loopsWithVariable.insert(statement.id) }
        let body = enter(statement, here) {
            if hasVariable { $0.declare("loop") }
            $0.declare(target: loop.target)
            $0.visit(loop.body)
        }
        let otherwise = enter(statement, here, role: .otherwise) { $0.visit(loop.otherwise) }
        if let test = loop.test {
            let inner = enter(statement, here, role: .test) {
                $0.declare(target: loop.target)
                $0.load(test)
            }
            try check(test, inner)
        }
        try check(loop.sequence, here)
        try visit(loop.body, body)
        try visit(loop.otherwise, otherwise)
    }

    private mutating func visit(_ macro: MacroDefinition, _ statement: Statement, _ here: Surroundings) throws {
        let special = UndeclaredNames.find(["caller", "kwargs", "varargs"], in: macro.body)
        let explicit = macro.parameters.firstIndex(of: "caller")
        if special.contains("caller"), let explicit, macro.defaultValue(of: explicit) == nil {
            throw failure("the special parameter 'caller' must have a default or be left out", line: statement.line)
        }
        let traits = CompiledTemplate.MacroTraits(
            takesCaller: special.contains("caller"),
            takesKeywords: special.contains("kwargs") && !macro.parameters.contains("kwargs"),
            takesPositionals: special.contains("varargs") && !macro.parameters.contains("varargs"))
        macros[statement.id] = traits
        var inner = enter(statement, here) {
            $0.visit(macro)
            if traits.takesCaller, explicit == nil { $0.declare("caller") }
            if traits.takesKeywords { $0.declare("kwargs") }
            if traits.takesPositionals { $0.declare("varargs") }
            $0.visit(macro)
        }
        inner.checksParent = false
        for expression in macro.defaults { try check(expression, inner) }
        try visit(macro.body, inner)
    }

    /// Unknown filters and tests are errors even where they are never reached, except under a condition.
    private func check(_ expression: Expression, _ here: Surroundings, isSoft: Bool = false) throws {
        var soft = isSoft || here.isSoft
        switch expression.form {
        case .filter(_, let name, _) where !soft && FilterRegistry.filters[name] == nil:
            throw failure("no filter named '\(name)'", line: expression.line)
        case .test(_, let name, _) where !soft && TestRegistry.tests[name] == nil:
            throw failure("no test named '\(name)'", line: expression.line)
        case .conditional: soft = true
        default: break
        }
        for child in expression.children { try check(child, here, isSoft: soft) }
    }
}
