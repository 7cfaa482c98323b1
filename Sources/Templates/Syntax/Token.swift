/// A piece of a template as the parser sees it.
struct Token: Sendable {
    enum Kind: Sendable, Equatable {
        /// Text between the tags.
        case data(Text)
        case variableBegin, variableEnd, blockBegin, blockEnd
        case name(String)
        case string(Text)
        case integer(Int)
        case float(Double)
        case symbol(String)
        case end
        /// The lexer could not go on: an error once the parser gets here, so that earlier ones come first.
        case invalid(message: String, isLimit: Bool)
    }

    var kind: Kind
    var line: Int

    /// What an error message calls the token.
    var description: String {
        switch kind {
        case .data: "text"
        case .variableBegin: "'{{'"
        case .variableEnd: "'}}'"
        case .blockBegin: "'{%'"
        case .blockEnd: "'%}'"
        case .name(let name): "'\(name)'"
        case .string(let text): "the string '\(text.string)'"
        case .integer(let value): "\(value)"
        case .float(let value): "\(value)"
        case .symbol(let symbol): "'\(symbol)'"
        case .end, .invalid: "the end of the template"
        }
    }
}
