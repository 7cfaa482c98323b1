extension Parser {
    /// Statements up to one of the end tags, which is left unread after its `{%`.
    mutating func parseBody(until ends: [String]) throws -> [Statement] {
        var body: [Statement] = []
        var output: [OutputPart] = []
        var outputLine = current.line
        func flush(_ parser: inout Parser) {
            guard !output.isEmpty else { return }
            body.append(Statement(form: .output(output), line: outputLine, id: parser.makeID()))
            output = []
        }
        while true {
            let token = current
            switch token.kind {
            case .data(let text):
                if output.isEmpty { outputLine = token.line }
                output.append(.data(text))
                advance()
            case .variableBegin:
                if output.isEmpty { outputLine = token.line }
                advance()
                output.append(.expression(try parseTuple()))
                try expect(.variableEnd, "'}}'")
            case .blockBegin:
                flush(&self)
                advance()
                if case .name(let name) = current.kind, ends.contains(name) { return body }
                body.append(try nested { try $0.parseStatement() })
                try expect(.blockEnd, "'%}'")
            case .end where ends.isEmpty:
                flush(&self)
                return body
            default: throw unclosed(ends)
            }
        }
    }

    /// The rest of an opening tag and what it encloses.
    mutating func parseBlock(until ends: [String], consumesEnd: Bool = true) throws -> [Statement] {
        _ = skip(.symbol(":"))
        let line = try expect(.blockEnd, "'%}'").line
        openBlocks.append((ends, line))
        defer { openBlocks.removeLast() }
        let body = try parseBody(until: ends)
        if consumesEnd { advance() }
        return body
    }

    private func unclosed(_ ends: [String]) -> Failure {
        guard let open = openBlocks.last else { return unexpected("expected text or a tag") }
        var failure = unexpected("expected \(describe(ends))")
        failure.hint = "the block that starts on line \(open.line) is not closed"
        return failure
    }

    private func describe(_ ends: [String]) -> String {
        ends.map { "'{% \($0) %}'" }.joined(separator: " or ")
    }

    private mutating func parseStatement() throws -> Statement {
        guard case .name(let tag) = current.kind else { throw unexpected("expected a tag name") }
        let line = current.line
        let form: Statement.Form
        switch tag {
        case "for": form = try parseFor()
        case "if": form = try parseIf()
        case "block": form = try parseNamedBlock()
        case "extends":
            advance()
            form = .extends(try parseExpression())
        case "print": form = try parsePrint()
        case "macro": form = try parseMacro()
        case "include": form = try parseInclude()
        case "from": form = try parseFrom()
        case "import": form = try parseImport()
        case "set": form = try parseSet()
        case "with": form = try parseWith()
        case "autoescape":
            advance()
            form = .autoescape(try parseExpression(), body: try parseBlock(until: ["endautoescape"]))
        case "call": form = try parseCallBlock()
        case "filter":
            advance()
            guard let filter = try parseFilterChain(startsInline: true) else { throw unexpected("expected a filter") }
            form = .filterBlock(filter: filter, body: try parseBlock(until: ["endfilter"]))
        default: throw unknownTag(tag)
        }
        return Statement(form: form, line: line, id: makeID())
    }

    private func unknownTag(_ tag: String) -> Failure {
        var failure = syntax("unknown tag '\(tag)'")
        if let open = openBlocks.last {
            failure.hint = "the block that starts on line \(open.line) needs \(describe(open.ends))"
        }
        return failure
    }
}
