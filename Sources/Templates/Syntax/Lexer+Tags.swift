extension Lexer {
    private static let symbols: [StaticString] = [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";",
    ]

    /// The inside of `{{ }}` or `{% %}`; a closing delimiter within brackets is not one.
    mutating func lexTag(isBlock: Bool) throws {
        var brackets: [String] = []
        while position < source.count {
            if brackets.isEmpty, let end = isBlock ? tagEnd(at: position, mark: "%") : variableEnd(at: position) {
                append(isBlock ? .blockEnd : .variableEnd)
                advance(from: position, to: end)
                return
            }
            if source[position].isPythonSpace {
                advance(from: position, to: skipSpace(from: position))
            } else if lexFloat() {
                continue
            } else if try lexInteger() {
                continue
            } else if try lexName() {
                continue
            } else if try lexString() {
                continue
            } else {
                try lexSymbol(&brackets)
            }
        }
    }

    private mutating func lexSymbol(_ brackets: inout [String]) throws {
        guard let symbol = Lexer.symbols.first(where: { follows($0, at: position) })?.description else {
            throw Failure(.syntax, "unexpected character '\(source[position])'")
        }
        switch symbol {
        case "(": brackets.append(")")
        case "[": brackets.append("]")
        case "{": brackets.append("}")
        case ")", "]", "}":
            guard let expected = brackets.popLast() else { throw Failure(.syntax, "unexpected '\(symbol)'") }
            guard expected == symbol else {
                throw Failure(.syntax, "unexpected '\(symbol)', expected '\(expected)'")
            }
        default: break
        }
        append(.symbol(symbol))
        position += symbol.utf8.count
    }

    private mutating func lexName() throws -> Bool {
        var end = position
        while end < source.count, source[end].isWord || source[end].properties.isXIDContinue { end += 1 }
        guard end > position else { return false }
        let name = Text(source[position..<end])
        guard name.isIdentifier else { throw Failure(.syntax, "invalid character in identifier '\(name.string)'") }
        append(.name(name.string))
        position = end
        return true
    }

    private mutating func lexString() throws -> Bool {
        let quote = source[position]
        guard quote == "'" || quote == "\"" else { return false }
        var end = position + 1
        while end < source.count, source[end] != quote { end += source[end] == "\\" ? 2 : 1 }
        guard end < source.count else {
            throw Failure(.syntax, "unexpected character '\(quote)': the string has no end")
        }
        append(.string(try StringLiteral.decode(source[(position + 1)..<end])))
        advance(from: position, to: end + 1)
        return true
    }
}
