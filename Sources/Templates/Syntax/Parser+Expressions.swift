extension Parser {
    mutating func parseExpression(withConditional: Bool = true) throws -> Expression {
        try nested { parser in
            withConditional ? try parser.parseConditional() : try parser.parseOr()
        }
    }

    private mutating func parseConditional() throws -> Expression {
        var line = current.line
        var result = try parseOr()
        while skip(.name("if")) {
            let test = try parseOr()
            let otherwise = skip(.name("else")) ? try nested { try $0.parseConditional() } : nil
            result = try node(.conditional(test: test, then: result, otherwise: otherwise), line: line)
            line = current.line
        }
        return result
    }

    private mutating func parseOr() throws -> Expression {
        var line = current.line
        var left = try parseAnd()
        while skip(.name("or")) {
            left = try node(.or(left, try parseAnd()), line: line)
            line = current.line
        }
        return left
    }

    private mutating func parseAnd() throws -> Expression {
        var line = current.line
        var left = try parseNot()
        while skip(.name("and")) {
            left = try node(.and(left, try parseNot()), line: line)
            line = current.line
        }
        return left
    }

    private mutating func parseNot() throws -> Expression {
        guard isName("not") else { return try parseComparison() }
        let line = advance().line
        return try node(.unary(.not, try nested { try $0.parseNot() }), line: line)
    }

    private mutating func parseComparison() throws -> Expression {
        let line = current.line
        let first = try parseSum()
        var rest: [(comparison: ComparisonOperator, operand: Expression)] = []
        while let comparison = parseComparisonOperator() {
            rest.append((comparison, try parseSum()))
        }
        return rest.isEmpty ? first : try node(.comparison(first, rest), line: line)
    }

    private mutating func parseComparisonOperator() -> ComparisonOperator? {
        switch current.kind {
        case .symbol(let symbol):
            guard let comparison = ComparisonOperator(rawValue: symbol) else { return nil }
            advance()
            return comparison
        case .name("in"):
            advance()
            return .contained
        case .name("not") where next.kind == .name("in"):
            advance()
            advance()
            return .notContained
        default: return nil
        }
    }

    private mutating func parseSum() throws -> Expression {
        try parseOperators(["+", "-"]) { try $0.parseConcatenation() }
    }

    private mutating func parseConcatenation() throws -> Expression {
        let line = current.line
        var items = [try parseProduct()]
        while skip(.symbol("~")) { items.append(try parseProduct()) }
        return items.count == 1 ? items[0] : try node(.concatenation(items), line: line)
    }

    private mutating func parseProduct() throws -> Expression {
        try parseOperators(["*", "/", "//", "%"]) { try $0.parsePower() }
    }

    /// Powers group from the left in Jinja2, unlike in Python.
    private mutating func parsePower() throws -> Expression {
        try parseOperators(["**"]) { try $0.parseUnary() }
    }

    private mutating func parseOperators(
        _ symbols: [String], operand: (inout Parser) throws -> Expression
    ) throws -> Expression {
        var line = current.line
        var left = try operand(&self)
        while case .symbol(let symbol) = current.kind, symbols.contains(symbol),
            let binary = BinaryOperator(rawValue: symbol)
        {
            advance()
            left = try node(.binary(binary, left, try operand(&self)), line: line)
            line = current.line
        }
        return left
    }

    /// Filters bind to the signed operand: `-1|abs` is 1.
    private mutating func parseUnary(withFilters: Bool = true) throws -> Expression {
        let line = current.line
        var result: Expression
        if skip(.symbol("-")) {
            result = try node(.unary(.minus, try nested { try $0.parseUnary(withFilters: false) }), line: line)
        } else if skip(.symbol("+")) {
            result = try node(.unary(.plus, try nested { try $0.parseUnary(withFilters: false) }), line: line)
        } else {
            result = try parsePrimary()
        }
        result = try parsePostfix(result)
        return withFilters ? try parseFilters(result) : result
    }
}
