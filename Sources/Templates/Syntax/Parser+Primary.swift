extension Parser {
    mutating func parsePrimary(withNamespace: Bool = false) throws -> Expression {
        let token = current
        switch token.kind {
        case .name(let name):
            advance()
            return try parseName(name, line: token.line, withNamespace: withNamespace)
        case .string(let first):
            advance()
            var text = first
            while case .string(let more) = current.kind {
                text.append(more)
                advance()
            }
            return try node(.string(text), line: token.line)
        case .integer(let value):
            advance()
            return try node(.integer(value), line: token.line)
        case .float(let value):
            advance()
            return try node(.float(value), line: token.line)
        case .symbol("("):
            advance()
            let result = try nested { try $0.parseTuple(isParenthesized: true) }
            try expectSymbol(")")
            return result
        case .symbol("["): return try parseList()
        case .symbol("{"): return try parseDictionary()
        default: throw unexpected("expected an expression")
        }
    }

    private mutating func parseName(_ name: String, line: Int, withNamespace: Bool) throws -> Expression {
        switch name {
        case "true", "True": return try node(.bool(true), line: line)
        case "false", "False": return try node(.bool(false), line: line)
        case "none", "None": return try node(.null, line: line)
        default:
            guard withNamespace, skip(.symbol(".")) else { return try node(.name(name), line: line) }
            return try node(.namespaceAttribute(name, try expectName()), line: line)
        }
    }

    /// One expression, or a tuple if commas follow.
    mutating func parseTuple(
        isTarget: Bool = false, withConditional: Bool = true, endName: String? = nil, isParenthesized: Bool = false,
        withNamespace: Bool = false
    ) throws -> Expression {
        var line = current.line
        var items: [Expression] = []
        var isTuple = false
        while true {
            if !items.isEmpty { try expectSymbol(",") }
            if isTupleEnd(endName) { break }
            items.append(
                isTarget
                    ? try nested { try $0.parsePrimary(withNamespace: withNamespace) }
                    : try parseExpression(withConditional: withConditional))
            guard isSymbol(",") else { break }
            isTuple = true
            line = current.line
        }
        if !isTuple {
            if let only = items.first { return only }
            guard isParenthesized else { throw unexpected("expected an expression") }
        }
        return try node(.tuple(items), line: line)
    }

    private func isTupleEnd(_ endName: String?) -> Bool {
        switch current.kind {
        case .variableEnd, .blockEnd, .symbol(")"): true
        case .name(let name): name == endName
        default: false
        }
    }

    private mutating func parseList() throws -> Expression {
        let line = advance().line
        var items: [Expression] = []
        while !isSymbol("]") {
            if !items.isEmpty { try expectSymbol(",") }
            if isSymbol("]") { break }
            items.append(try parseExpression())
        }
        try expectSymbol("]")
        return try node(.list(items), line: line)
    }

    private mutating func parseDictionary() throws -> Expression {
        let line = advance().line
        var pairs: [(key: Expression, value: Expression)] = []
        while !isSymbol("}") {
            if !pairs.isEmpty { try expectSymbol(",") }
            if isSymbol("}") { break }
            let key = try parseExpression()
            try expectSymbol(":")
            pairs.append((key, try parseExpression()))
        }
        try expectSymbol("}")
        return try node(.dictionary(pairs), line: line)
    }

    /// The left side of `set`, `for`, `with` and the names of macros.
    mutating func parseTarget(endName: String? = nil, withNamespace: Bool = false) throws -> Expression {
        let target = try parseTuple(isTarget: true, endName: endName, withNamespace: withNamespace)
        guard target.isAssignable else { throw syntax("this expression cannot be assigned to") }
        return target
    }

    mutating func parseTargetName() throws -> String {
        let name = try expectName()
        guard Expression(.name(name), line: current.line).isAssignable else {
            throw syntax("cannot assign to '\(name)'")
        }
        return name
    }
}
