extension Runtime {
    func run(_ statements: [Statement], _ frame: Frame, _ output: inout Text) throws {
        for statement in statements {
            do {
                try spend(1)
                try run(statement, frame, &output)
            } catch let failure as Failure {
                throw failure.located(Place(template: frame.template.name, line: statement.line))
            }
        }
    }

    private func run(_ statement: Statement, _ frame: Frame, _ output: inout Text) throws {
        switch statement.form {
        case .output(let parts): try write(parts, statement, frame, &output)
        case .branch(let test, let body, let elifs, let otherwise):
            try runBranch(test, body, elifs, otherwise, frame, &output)
        case .loop(let loop): try run(loop, statement, frame, &output)
        case .assign(let target, let value):
            try checkNamespaces(target, frame)
            try assign(target, try evaluate(value, frame), frame)
        case .assignBlock(let target, let filter, let body):
            try assign(target, try capture(body, filter, statement, frame), frame)
        case .macro(let name, let macro): try define(name, macro, statement, frame)
        case .callBlock(let call, let macro):
            let caller = makeMacro(nil, macro, statement, frame)
            try writeBlock(try evaluateCall(call, caller: .object(caller), frame), &output)
        case .filterBlock(let filter, let body):
            try writeBlock(try capture(body, filter, statement, frame), &output)
        case .with(let targets, let values, let body):
            try runWith(targets, values, body, statement, frame, &output)
        case .block(let name, let isScoped, let isRequired, _):
            try runBlock(name, isScoped, isRequired, statement, frame, &output)
        case .extends(let template): try extend(template, frame)
        case .include(let template, let ignoresMissing, let withContext):
            try include(template, ignoresMissing, withContext, frame, &output)
        case .importModule(let template, let target, let withContext):
            try importModule(template, target, withContext, frame)
        case .importNames(let template, let names, let withContext):
            try importNames(template, names, withContext, statement, frame)
        case .autoescape(let option, let body): try runAutoescape(option, body, statement, frame, &output)
        }
    }

    private func write(_ text: Text, _ output: inout Text) throws {
        try spend(text.count)
        output.append(text)
    }

    /// What a call or filter block gives; Jinja2 does not turn it into text.
    private func writeBlock(_ value: Value, _ output: inout Text) throws {
        guard let text = value.asText else {
            throw Failure.type("the result of a call or filter block should be a str, found \(value.typeName)")
        }
        try write(text, &output)
    }

    private func write(_ parts: [OutputPart], _ statement: Statement, _ frame: Frame, _ output: inout Text) throws {
        guard applies(statement, frame) else { return }
        for part in parts {
            switch part {
            case .data(let data): try write(data, &output)
            case .expression(let expression):
                let value = try evaluate(expression, frame)
                do {
                    try write(try text(of: value), &output)
                } catch let failure as Failure {
                    throw failure.located(Place(template: frame.template.name, line: expression.line))
                }
            }
        }
    }

    /// Whether output and blocks of a template that may extend another one still count.
    private func applies(_ statement: Statement, _ frame: Frame) -> Bool {
        switch frame.template.rules[statement.id] ?? .always {
        case .always: true
        case .withoutParent: frame.inheritance.parent == nil
        case .never: false
        }
    }

    private func runBranch(
        _ test: Expression, _ body: [Statement], _ elifs: [Branch], _ otherwise: [Statement], _ frame: Frame,
        _ output: inout Text
    ) throws {
        if try isTrue(test, frame) { return try nested { try run(body, frame, &output) } }
        for branch in elifs where try isTrue(branch.test, frame) {
            return try nested { try run(branch.body, frame, &output) }
        }
        try nested { try run(otherwise, frame, &output) }
    }

    func isTrue(_ test: Expression, _ frame: Frame) throws -> Bool {
        let value = try evaluate(test, frame)
        do {
            return try isTrue(value)
        } catch let failure as Failure {
            throw failure.located(Place(template: frame.template.name, line: test.line))
        }
    }

    /// The output of a body, filtered.
    private func capture(
        _ body: [Statement], _ filter: Expression?, _ statement: Statement, _ frame: Frame
    ) throws -> Value {
        let inner = frame.inner(frame.scope(statement))
        inner.enter()
        defer { inner.leave() }
        var captured = Text()
        try nested { try run(body, inner, &captured) }
        guard let filter else { return .string(captured) }
        return try applyFilters(filter, to: .string(captured), inner)
    }

    private func runWith(
        _ targets: [Expression], _ values: [Expression], _ body: [Statement], _ statement: Statement, _ frame: Frame,
        _ output: inout Text
    ) throws {
        let inner = frame.inner(frame.scope(statement))
        inner.enter()
        for (target, value) in zip(targets, values) { try assign(target, try evaluate(value, frame), inner) }
        try nested { try run(body, inner, &output) }
        inner.leave()
    }

    private func runBlock(
        _ name: String, _ isScoped: Bool, _ isRequired: Bool, _ statement: Statement, _ frame: Frame,
        _ output: inout Text
    ) throws {
        guard applies(statement, frame) else { return }
        var context = frame.context
        let versions = context.blocks[name] ?? []
        if isScoped {
            let given = context.all.merging(frame.locals) { $1 }
            context = keep(Context(template: context.template, given: given, blocks: context.blocks))
        }
        if isRequired, versions.count <= 1 { throw Failure.runtime("the required block '\(name)' is not given") }
        guard let block = versions.first else { throw Failure(.key, "there is no block '\(name)'") }
        try nested { try render(block, context, &output) }
    }

    private func runAutoescape(
        _ option: Expression, _ body: [Statement], _ statement: Statement, _ frame: Frame, _ output: inout Text
    ) throws {
        let inner = frame.inner(frame.scope(statement))
        inner.enter()
        guard try !isTrue(option, inner) else {
            throw Failure(.runtime, "autoescape is not supported", hint: "use the filter |escape")
        }
        try nested { try run(body, inner, &output) }
        inner.leave()
    }
}
