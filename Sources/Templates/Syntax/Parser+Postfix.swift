extension Parser {
    mutating func parsePostfix(_ base: Expression) throws -> Expression {
        var result = base
        while true {
            if isSymbol(".") || isSymbol("[") {
                result = try parseSubscript(result)
            } else if isSymbol("(") {
                result = try parseCall(result)
            } else {
                return result
            }
        }
    }

    mutating func parseFilters(_ base: Expression) throws -> Expression {
        var result = base
        while true {
            if isSymbol("|") {
                result = try parseFilter(result)
            } else if isName("is") {
                result = try parseTest(result)
            } else if isSymbol("(") {
                result = try parseCall(result)
            } else {
                return result
            }
        }
    }

    private mutating func parseCall(_ callee: Expression) throws -> Expression {
        let line = current.line
        return try node(.call(callee, try parseArguments()), line: line)
    }

    private mutating func parseSubscript(_ base: Expression) throws -> Expression {
        let token = advance()
        if token.kind == .symbol(".") {
            let attribute = advance()
            switch attribute.kind {
            case .name(let name): return try node(.attribute(base, name), line: token.line)
            case .integer(let index):
                return try node(.item(base, try node(.integer(index), line: attribute.line)), line: token.line)
            default: throw syntax("expected a name or a number after the dot, found \(attribute.description)")
            }
        }
        var items: [Expression] = []
        while !isSymbol("]") {
            if !items.isEmpty { try expectSymbol(",") }
            items.append(try parseSlice())
        }
        try expectSymbol("]")
        let index = items.count == 1 ? items[0] : try node(.tuple(items), line: token.line)
        return try node(.item(base, index), line: token.line)
    }

    private mutating func parseSlice() throws -> Expression {
        let line = current.line
        var start: Expression?
        if !isSymbol(":") {
            let expression = try parseExpression()
            guard isSymbol(":") else { return expression }
            start = expression
        }
        advance()
        func isOpen(_ parser: Parser) -> Bool { parser.isSymbol("]") || parser.isSymbol(",") }
        let stop = isSymbol(":") || isOpen(self) ? nil : try parseExpression()
        let step = skip(.symbol(":")) && !isOpen(self) ? try parseExpression() : nil
        return try node(.slice(start: start, stop: stop, step: step), line: line)
    }

    mutating func parseArguments() throws -> ArgumentList {
        try expectSymbol("(")
        var arguments = ArgumentList()
        var needsComma = false
        func check(_ isValid: Bool) throws {
            guard isValid else { throw syntax("invalid order of arguments in a call") }
        }
        while !isSymbol(")") {
            if needsComma {
                try expectSymbol(",")
                if isSymbol(")") { break }
            }
            let isPlain = arguments.unpackedList == nil && arguments.unpackedDictionary == nil
            if skip(.symbol("*")) {
                try check(isPlain)
                arguments.unpackedList = try parseExpression()
            } else if skip(.symbol("**")) {
                try check(arguments.unpackedDictionary == nil)
                arguments.unpackedDictionary = try parseExpression()
            } else if case .name(let name) = current.kind, next.kind == .symbol("=") {
                try check(arguments.unpackedDictionary == nil)
                guard !arguments.named.contains(where: { $0.name == name }) else {
                    throw syntax("the keyword argument '\(name)' is repeated")
                }
                advance()
                advance()
                arguments.named.append((name, try parseExpression()))
            } else {
                try check(isPlain && arguments.named.isEmpty)
                arguments.positional.append(try parseExpression())
            }
            needsComma = true
        }
        try expectSymbol(")")
        return arguments
    }

    /// One `|name(...)`; the operand is missing in filter blocks.
    private mutating func parseFilter(_ operand: Expression?, startsInline: Bool = false) throws -> Expression {
        if !startsInline { advance() }
        let line = current.line
        let name = try parseDottedName()
        let arguments = isSymbol("(") ? try parseArguments() : ArgumentList()
        return try node(.filter(operand, name, arguments), line: line)
    }

    /// `upper|trim` of `{% filter %}`, or `|upper|trim` of `{% set x %}`.
    mutating func parseFilterChain(startsInline: Bool) throws -> Expression? {
        var result: Expression?
        if startsInline { result = try parseFilter(nil, startsInline: true) }
        while isSymbol("|") { result = try parseFilter(result) }
        return result
    }

    private mutating func parseTest(_ operand: Expression) throws -> Expression {
        let line = advance().line
        let isNegated = skip(.name("not"))
        let name = try parseDottedName()
        var arguments = ArgumentList()
        switch current.kind {
        case .symbol("("): arguments = try parseArguments()
        case .name("else"), .name("or"), .name("and"): break
        case .name("is"): throw syntax("tests with `is` cannot be chained")
        case .name, .string, .integer, .float, .symbol("["), .symbol("{"):
            let argument = try nested { parser in try parser.parsePostfix(try parser.parsePrimary()) }
            arguments.positional = [argument]
        default: break
        }
        let test = try node(.test(operand, name, arguments), line: line)
        return isNegated ? try node(.unary(.not, test), line: line) : test
    }

    private mutating func parseDottedName() throws -> String {
        var name = try expectName()
        while skip(.symbol(".")) { name += "." + (try expectName()) }
        return name
    }
}
