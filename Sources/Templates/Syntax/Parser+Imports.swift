extension Parser {
    mutating func parseInclude() throws -> Statement.Form {
        advance()
        let template = try parseExpression()
        var ignoresMissing = false
        if isName("ignore"), next.kind == .name("missing") {
            advance()
            advance()
            ignoresMissing = true
        }
        let withContext = parseContext() ?? true
        return .include(template, ignoresMissing: ignoresMissing, withContext: withContext)
    }

    mutating func parseImport() throws -> Statement.Form {
        advance()
        let template = try parseExpression()
        try expect(.name("as"), "'as'")
        let target = try parseTargetName()
        return .importModule(template, target: target, withContext: parseContext() ?? false)
    }

    mutating func parseFrom() throws -> Statement.Form {
        advance()
        let template = try parseExpression()
        try expect(.name("import"), "'import'")
        var names: [(name: String, alias: String)] = []
        var withContext: Bool?
        while true {
            if !names.isEmpty { try expectSymbol(",") }
            withContext = parseContext()
            if withContext != nil { break }
            let name = try parseTargetName()
            guard !name.hasPrefix("_") else {
                throw syntax("'\(name)' starts with an underscore and cannot be imported")
            }
            names.append((name, skip(.name("as")) ? try parseTargetName() : name))
            withContext = parseContext()
            if withContext != nil || !isSymbol(",") { break }
        }
        return .importNames(template, names: names, withContext: withContext ?? false)
    }

    /// `with context` or `without context`.
    private mutating func parseContext() -> Bool? {
        guard isName("with") || isName("without"), next.kind == .name("context") else { return nil }
        let isWith = isName("with")
        advance()
        advance()
        return isWith
    }
}
