extension Runtime {
    func render(_ template: CompiledTemplate, with values: [String: TemplateValue]) throws -> String {
        var given = Globals.all
        for (name, value) in values { given[name] = try self.value(value) }
        let context = keep(Context(template, given: given))
        var output = Text()
        try renderRoot(template, context, &output)
        return output.string
    }

    /// The top level of a template and then of the one it extends.
    func renderRoot(_ template: CompiledTemplate, _ context: Context, _ output: inout Text) throws {
        let frame = Frame(
            template: template, context: context, inheritance: Frame.Inheritance(), activation: keep(Activation()),
            scope: template.root, isTop: true)
        if template.usesSelf { frame.set("self", .object(SelfObject(context))) }
        frame.enter()
        try nested { try run(template.body, frame, &output) }
        guard let parent = frame.inheritance.parent else { return }
        try nested { try renderRoot(parent, context, &output) }
    }

    func render(_ block: Context.Block, _ context: Context, _ output: inout Text) throws {
        let frame = Frame(
            template: block.template, context: context, inheritance: Frame.Inheritance(),
            activation: keep(Activation()), scope: block.block.scope)
        if block.block.usesSelf { frame.set("self", .object(SelfObject(context))) }
        if block.block.usesSuper { frame.set("super", parentBlock(of: block.block, context)) }
        frame.enter()
        try nested { try run(block.block.body, frame, &output) }
    }

    private func parentBlock(of block: CompiledBlock, _ context: Context) -> Value {
        let versions = context.blocks[block.name] ?? []
        guard let place = versions.firstIndex(where: { $0.block === block }), place + 1 < versions.count else {
            return .undefined(undefined("there is no parent block called '\(block.name)'"))
        }
        return .object(BlockObject(block.name, context, versions, place + 1))
    }

    // MARK: Finding templates

    func template(named value: Value) throws -> CompiledTemplate {
        switch value {
        case .undefined(let undefined): throw undefined.failure
        case .string(let name):
            guard let template = try load(name.string) else {
                throw Failure(.missingTemplate, "there is no template '\(name.string)'")
            }
            return template
        default: throw Failure(.missingTemplate, "a template is named by a str, found \(value.typeName)")
        }
    }

    /// The first template of a list that exists, or the one that is named.
    func anyTemplate(of value: Value) throws -> CompiledTemplate {
        guard value.asText == nil else { return try template(named: value) }
        if case .undefined(let undefined) = value { throw undefined.failure }
        var names: [String] = []
        for item in try items(of: value) {
            if item.isUndefined { continue }
            guard let name = item.asText?.string else {
                throw Failure.type("a template is named by a str, found \(item.typeName)")
            }
            names.append(name)
            if let template = try load(name) { return template }
        }
        let shown = names.map { "'\($0)'" }.joined(separator: ", ")
        throw Failure(.missingTemplate, names.isEmpty ? "the list of templates is empty" : "there is none of \(shown)")
    }

    private func load(_ name: String) throws -> CompiledTemplate? {
        if let known = templates[name] { return known }
        guard let source = try source(of: name) else { return nil }
        try spend(source.unicodeScalars.count)
        let template = try CompiledTemplate.compile(source: source, name: name, options: options)
        templates[name] = template
        return template
    }

    private func source(of name: String) throws -> String? {
        do {
            return try loader.source(name)
        } catch {
            throw Failure.runtime("the template '\(name)' cannot be read: \(error)")
        }
    }

    /// The template as a value; without context it is rendered once and shared.
    func module(_ template: CompiledTemplate, _ frame: Frame, withContext: Bool) throws -> ModuleObject {
        if !withContext, let known = modules[template.name] { return known }
        let given = withContext ? frame.context.all.merging(frame.locals) { $1 } : Globals.all
        let context = keep(Context(template, given: given))
        var body = Text()
        try renderRoot(template, context, &body)
        let module = keep(ModuleObject(template.name, body, context.exports))
        if !withContext { modules[template.name] = module }
        return module
    }
}
