/// An `elif`.
struct Branch: Sendable {
    var test: Expression
    var body: [Statement]
    var line: Int
}

/// What `{% for %}` says.
struct Loop: Sendable {
    var target: Expression
    var sequence: Expression
    var test: Expression?
    var body: [Statement]
    var otherwise: [Statement]
    var isRecursive: Bool
}
