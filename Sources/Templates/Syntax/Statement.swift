/// A node of the statement tree; `id` names it in the tables of the scope analysis.
struct Statement: Sendable {
    indirect enum Form: Sendable {
        case output([OutputPart])
        case branch(test: Expression, body: [Statement], elifs: [Branch], otherwise: [Statement])
        case loop(Loop)
        case assign(target: Expression, value: Expression)
        case assignBlock(target: Expression, filter: Expression?, body: [Statement])
        case macro(name: String, MacroDefinition)
        case callBlock(call: Expression, MacroDefinition)
        case filterBlock(filter: Expression, body: [Statement])
        case with(targets: [Expression], values: [Expression], body: [Statement])
        case block(name: String, isScoped: Bool, isRequired: Bool, body: [Statement])
        case extends(Expression)
        case include(Expression, ignoresMissing: Bool, withContext: Bool)
        case importModule(Expression, target: String, withContext: Bool)
        case importNames(Expression, names: [(name: String, alias: String)], withContext: Bool)
        case autoescape(Expression, body: [Statement])
    }

    let form: Form
    let line: Int
    let id: Int
}

/// Text or an expression between two tags.
enum OutputPart: Sendable {
    case data(Text)
    case expression(Expression)
}
