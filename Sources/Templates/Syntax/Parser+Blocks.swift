extension Parser {
    mutating func parseFor() throws -> Statement.Form {
        advance()
        let target = try parseTarget(endName: "in")
        try expect(.name("in"), "'in'")
        let sequence = try parseTuple(withConditional: false, endName: "recursive")
        let test = skip(.name("if")) ? try parseExpression() : nil
        let isRecursive = skip(.name("recursive"))
        let body = try parseBlock(until: ["endfor", "else"], consumesEnd: false)
        let otherwise = advance().kind == .name("else") ? try parseBlock(until: ["endfor"]) : []
        return .loop(
            Loop(
                target: target, sequence: sequence, test: test, body: body, otherwise: otherwise,
                isRecursive: isRecursive))
    }

    mutating func parseIf() throws -> Statement.Form {
        advance()
        let test = try parseTuple(withConditional: false)
        let ends = ["elif", "else", "endif"]
        let body = try parseBlock(until: ends, consumesEnd: false)
        var elifs: [Branch] = []
        while true {
            let end = advance()
            guard end.kind == .name("elif") else {
                let otherwise = end.kind == .name("else") ? try parseBlock(until: ["endif"]) : []
                return .branch(test: test, body: body, elifs: elifs, otherwise: otherwise)
            }
            let line = current.line
            let test = try parseTuple(withConditional: false)
            elifs.append(Branch(test: test, body: try parseBlock(until: ends, consumesEnd: false), line: line))
        }
    }

    mutating func parseSet() throws -> Statement.Form {
        advance()
        let target = try parseTarget(withNamespace: true)
        if skip(.symbol("=")) { return .assign(target: target, value: try parseTuple()) }
        let filter = try parseFilterChain(startsInline: false)
        return .assignBlock(target: target, filter: filter, body: try parseBlock(until: ["endset"]))
    }

    mutating func parseWith() throws -> Statement.Form {
        advance()
        var targets: [Expression] = []
        var values: [Expression] = []
        while current.kind != .blockEnd {
            if !targets.isEmpty { try expectSymbol(",") }
            targets.append(try parseTarget())
            try expectSymbol("=")
            values.append(try parseExpression())
        }
        return .with(targets: targets, values: values, body: try parseBlock(until: ["endwith"]))
    }

    mutating func parsePrint() throws -> Statement.Form {
        advance()
        var parts: [OutputPart] = []
        while current.kind != .blockEnd {
            if !parts.isEmpty { try expectSymbol(",") }
            parts.append(.expression(try parseExpression()))
        }
        return .output(parts)
    }

    mutating func parseNamedBlock() throws -> Statement.Form {
        advance()
        let name = try expectName()
        let isScoped = skip(.name("scoped"))
        let isRequired = skip(.name("required"))
        if isSymbol("-") { throw syntax("a block name may not contain a hyphen; use an underscore") }
        let body = try parseBlock(until: ["endblock"])
        if isRequired, !body.allSatisfy(\.isBlank) {
            throw syntax("a required block can only contain comments or whitespace")
        }
        _ = skip(.name(name))
        return .block(name: name, isScoped: isScoped, isRequired: isRequired, body: body)
    }

    mutating func parseMacro() throws -> Statement.Form {
        advance()
        let name = try parseTargetName()
        var macro = try parseSignature()
        macro.body = try parseBlock(until: ["endmacro"])
        return .macro(name: name, macro)
    }

    mutating func parseCallBlock() throws -> Statement.Form {
        advance()
        var macro =
            isSymbol("(") ? try parseSignature() : MacroDefinition(parameters: [], defaults: [], body: [])
        let call = try parseExpression()
        guard case .call = call.form else { throw syntax("expected a call of a macro") }
        macro.body = try parseBlock(until: ["endcall"])
        return .callBlock(call: call, macro)
    }

    private mutating func parseSignature() throws -> MacroDefinition {
        try expectSymbol("(")
        var macro = MacroDefinition(parameters: [], defaults: [], body: [])
        while !isSymbol(")") {
            if !macro.parameters.isEmpty { try expectSymbol(",") }
            let name = try parseTargetName()
            guard !macro.parameters.contains(name) else { throw syntax("the parameter '\(name)' is repeated") }
            if skip(.symbol("=")) {
                macro.defaults.append(try parseExpression())
            } else if !macro.defaults.isEmpty {
                throw syntax("the parameter '\(name)' without a default follows one with a default")
            }
            macro.parameters.append(name)
        }
        try expectSymbol(")")
        return macro
    }
}

extension Statement {
    fileprivate var isBlank: Bool {
        guard case .output(let parts) = form else { return false }
        return parts.allSatisfy { part in
            guard case .data(let text) = part else { return false }
            return text.isEach(\.isPythonSpace)
        }
    }
}
