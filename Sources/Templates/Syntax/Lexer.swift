/// Cuts a source into tokens, as Jinja2's regular expressions do.
struct Lexer {
    let source: [Unicode.Scalar]
    let options: TemplateOptions
    var position = 0
    var line = 1
    var tokens: [Token] = []
    /// Whether the last tag ended with a newline: only then may `stripsBlocks` strip text that has no newline.
    var startsLine = true

    init(source: String, options: TemplateOptions) {
        self.options = options
        var scalars: [Unicode.Scalar] = []
        var follows = false
        for scalar in source.unicodeScalars {
            if scalar == "\n", follows {
                follows = false
                continue
            }
            follows = scalar == "\r"
            scalars.append(scalar == "\r" ? "\n" : scalar)
        }
        if !options.keepsTrailingNewline, scalars.last == "\n" { scalars.removeLast() }
        self.source = scalars
    }

    static func tokens(of source: String, options: TemplateOptions) -> [Token] {
        var lexer = Lexer(source: source, options: options)
        do {
            while lexer.position < lexer.source.count { try lexer.lexText() }
            lexer.append(.end)
        } catch let failure as Failure {
            lexer.append(.invalid(message: failure.message, isLimit: failure.kind == .limit))
        } catch {
            lexer.append(.invalid(message: "\(error)", isLimit: false))
        }
        return lexer.tokens
    }

    /// Text up to the next tag, and that tag.
    private mutating func lexText() throws {
        guard let start = nextTag(from: position) else {
            append(.data(Text(source[position...])))
            advance(from: position, to: source.count)
            return
        }
        let kind = source[start + 1]
        let signPlace = start + 2
        if kind == "%", let raw = rawBegin(at: start) {
            appendData(source[position..<start], sign: raw.sign, isVariable: false)
            advance(from: start, to: raw.end)
            try lexRaw()
            return
        }
        let sign = sign(at: signPlace)
        appendData(source[position..<start], sign: sign, isVariable: kind == "{")
        position = sign == nil ? signPlace : signPlace + 1
        startsLine = false
        switch kind {
        case "#": try lexComment()
        case "%":
            append(.blockBegin)
            try lexTag(isBlock: true)
        default:
            append(.variableBegin)
            try lexTag(isBlock: false)
        }
    }

    private func nextTag(from start: Int) -> Int? {
        var index = start
        while index + 1 < source.count {
            if source[index] == "{", source[index + 1] == "{" || source[index + 1] == "%" || source[index + 1] == "#" {
                return index
            }
            index += 1
        }
        return nil
    }

    private mutating func lexComment() throws {
        var index = position
        while index < source.count {
            if let end = tagEnd(at: index, mark: "#") {
                advance(from: position, to: end)
                return
            }
            index += 1
        }
        // Jinja2 forgives an opening that nothing follows.
        if index > position { throw Failure(.syntax, "missing end of comment tag") }
    }

    private mutating func lexRaw() throws {
        let start = position
        var index = position
        while index < source.count {
            if let end = rawEnd(at: index) {
                appendData(source[start..<index], sign: end.sign, isVariable: false)
                advance(from: index, to: end.end)
                return
            }
            index += 1
        }
        if index > start { throw Failure(.syntax, "missing end of raw directive") }
    }

    /// Appends text after stripping its end as the following tag asks.
    private mutating func appendData(_ data: ArraySlice<Unicode.Scalar>, sign: Unicode.Scalar?, isVariable: Bool) {
        var kept = data
        if sign == "-" {
            while let last = kept.last, last.isPythonSpace { kept.removeLast() }
        } else if sign == nil, options.stripsBlocks, !isVariable {
            let lineStart = kept.lastIndex(of: "\n").map { $0 + 1 } ?? kept.startIndex
            let isLineStart = lineStart > kept.startIndex || startsLine
            if isLineStart, kept[lineStart...].allSatisfy(\.isPythonSpace) { kept = kept[..<lineStart] }
        }
        if !kept.isEmpty { append(.data(Text(kept))) }
        line += data.count { $0 == "\n" }
        position = data.endIndex
    }

    mutating func append(_ kind: Token.Kind) {
        tokens.append(Token(kind: kind, line: line))
    }

    mutating func advance(from start: Int, to end: Int) {
        line += source[start..<end].count { $0 == "\n" }
        startsLine = end > 0 && source[end - 1] == "\n"
        position = end
    }
}
