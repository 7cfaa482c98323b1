extension Runtime {
    func assign(_ target: Expression, _ value: Value, _ frame: Frame) throws {
        switch target.form {
        case .name(let name):
            frame.set(name, value)
            if frame.isTop { frame.context.assign(name, value) }
        case .namespaceAttribute(let name, let attribute):
            guard case .object(let object) = frame.value(name), let namespace = object as? NamespaceObject else {
                throw Failure.runtime("'\(name)' is no namespace: its attribute '\(attribute)' cannot be set")
            }
            namespace.set(attribute, value)
        case .tuple(let targets):
            for (target, item) in zip(targets, try unpack(value, into: targets.count)) {
                try assign(target, item, frame)
            }
        default: throw Failure(.syntax, "this expression cannot be assigned to")
        }
    }

    /// Attributes are set on namespaces only, which is known before the value is.
    func checkNamespaces(_ target: Expression, _ frame: Frame) throws {
        switch target.form {
        case .namespaceAttribute(let name, let attribute):
            if case .object(let object) = frame.value(name), object is NamespaceObject { return }
            throw Failure(
                .runtime, "'\(name)' is no namespace: its attribute '\(attribute)' cannot be set",
                hint: "make one with {% set \(name) = namespace() %}")
        case .tuple(let targets): for target in targets { try checkNamespaces(target, frame) }
        default: break
        }
    }

    func extend(_ expression: Expression, _ frame: Frame) throws {
        guard frame.inheritance.parent == nil else {
            throw Failure.runtime("the template extends more than one template")
        }
        let parent = try template(named: try evaluate(expression, frame))
        frame.inheritance.parent = parent
        for (name, block) in parent.blocks {
            frame.context.blocks[name, default: []].append(Context.Block(template: parent, block: block))
        }
    }

    func include(
        _ expression: Expression, _ ignoresMissing: Bool, _ withContext: Bool, _ frame: Frame, _ output: inout Text
    ) throws {
        let template: CompiledTemplate
        let name = try evaluate(expression, frame)
        do {
            template = try anyTemplate(of: name)
        } catch let failure as Failure where failure.kind == .missingTemplate && ignoresMissing {
            return
        }
        guard withContext else {
            output.append(try module(template, frame, withContext: false).body)
            return
        }
        let context = keep(Context(template, given: frame.context.all.merging(frame.locals) { $1 }))
        try nested { try renderRoot(template, context, &output) }
    }

    func importModule(_ expression: Expression, _ target: String, _ withContext: Bool, _ frame: Frame) throws {
        let template = try template(named: try evaluate(expression, frame))
        let module = Value.object(try module(template, frame, withContext: withContext))
        frame.set(target, module)
        guard frame.isTop else { return }
        frame.context.assigned[target] = module
        frame.context.exported.remove(target)
    }

    func importNames(
        _ expression: Expression, _ names: [(name: String, alias: String)], _ withContext: Bool, _ statement: Statement,
        _ frame: Frame
    ) throws {
        let template = try template(named: try evaluate(expression, frame))
        let module = try module(template, frame, withContext: withContext)
        for (name, alias) in names {
            let missing = undefined(
                "the template '\(template.name)' (imported on line \(statement.line) of '\(frame.template.name)') does"
                    + " not export the requested name '\(name)'")
            let value = try module.attribute(name, self) ?? .undefined(missing)
            frame.set(alias, value)
            guard frame.isTop else { continue }
            frame.context.assigned[alias] = value
            frame.context.exported.remove(alias)
        }
    }
}
