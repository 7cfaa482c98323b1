/// Builds the tree of a template, with Jinja2's grammar and precedence.
struct Parser {
    private let tokens: [Token]
    private let limit: Int
    private var position = 0
    private var nextID = 0
    private var depth = 0
    /// The end tags that the open blocks wait for, and the lines of those blocks, outermost first.
    var openBlocks: [(ends: [String], line: Int)] = []

    init(tokens: [Token], limit: Int) {
        self.tokens = tokens
        self.limit = limit
    }

    static func parse(_ source: String, name: String, options: TemplateOptions) throws(TemplateError) -> [Statement] {
        var parser = Parser(tokens: Lexer.tokens(of: source, options: options), limit: options.limits.nesting)
        do {
            return try parser.parseBody(until: [])
        } catch let failure as Failure {
            throw failure.located(Place(template: name, line: parser.current.line)).error(within: name)
        } catch {
            throw TemplateError(
                kind: .syntax, template: name, line: parser.current.line, message: "\(error)", hint: nil)
        }
    }

    var current: Token { tokens[min(position, tokens.count - 1)] }
    var next: Token { tokens[min(position + 1, tokens.count - 1)] }

    @discardableResult
    mutating func advance() -> Token {
        let token = current
        if position < tokens.count - 1 { position += 1 }
        return token
    }

    func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }
    func isName(_ name: String) -> Bool { current.kind == .name(name) }

    mutating func skip(_ kind: Token.Kind) -> Bool {
        guard current.kind == kind else { return false }
        advance()
        return true
    }

    @discardableResult
    mutating func expect(_ kind: Token.Kind, _ description: String) throws -> Token {
        guard current.kind == kind else { throw unexpected("expected \(description)") }
        return advance()
    }

    mutating func expectSymbol(_ symbol: String) throws {
        try expect(.symbol(symbol), "'\(symbol)'")
    }

    mutating func expectName() throws -> String {
        guard case .name(let name) = current.kind else { throw unexpected("expected a name") }
        advance()
        return name
    }

    /// The error for the current token; what the lexer could not read goes first.
    func unexpected(_ expectation: String) -> Failure {
        if case .invalid(let message, let isLimit) = current.kind {
            return Failure(isLimit ? .limit : .syntax, message)
        }
        return syntax("\(expectation), found \(current.description)")
    }

    func syntax(_ message: String) -> Failure {
        if case .invalid = current.kind { return unexpected("") }
        return Failure(.syntax, message)
    }

    mutating func makeID() -> Int {
        nextID += 1
        return nextID
    }

    /// Bounds the recursion of the parser.
    mutating func nested<Result>(_ parse: (inout Parser) throws -> Result) throws -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limit else {
            throw Failure.limit("the template nests more than \(depth - 1) levels deep")
        }
        return try parse(&self)
    }

    /// Makes a node, unless its tree is too deep to walk.
    func node(_ form: Expression.Form, line: Int) throws -> Expression {
        let expression = Expression(form, line: line)
        guard expression.depth <= 2 * limit else {
            throw Failure.limit("the expression nests more than \(2 * limit) levels deep")
        }
        return expression
    }
}
