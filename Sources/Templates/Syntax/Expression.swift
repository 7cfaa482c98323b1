/// A node of the expression tree, with the line it starts on.
struct Expression: Sendable {
    indirect enum Form: Sendable {
        case null
        case bool(Bool)
        case integer(Int)
        case float(Double)
        case string(Text)
        case name(String)
        /// `namespace.attribute`, as the target of `set` only.
        case namespaceAttribute(String, String)
        case tuple([Expression])
        case list([Expression])
        case dictionary([(key: Expression, value: Expression)])
        case unary(UnaryOperator, Expression)
        case binary(BinaryOperator, Expression, Expression)
        case and(Expression, Expression)
        case or(Expression, Expression)
        case concatenation([Expression])
        case comparison(Expression, [(comparison: ComparisonOperator, operand: Expression)])
        case conditional(test: Expression, then: Expression, otherwise: Expression?)
        case attribute(Expression, String)
        case item(Expression, Expression)
        case slice(start: Expression?, stop: Expression?, step: Expression?)
        case call(Expression, ArgumentList)
        /// Without an operand inside `{% filter %}` and `{% set x | filter %}`.
        case filter(Expression?, String, ArgumentList)
        case test(Expression, String, ArgumentList)
    }

    let form: Form
    let line: Int
    /// How deep the tree below is, which bounds every recursion over it.
    let depth: Int

    init(_ form: Form, line: Int) {
        self.form = form
        self.line = line
        depth = 1 + (Expression.children(of: form).map(\.depth).max() ?? 0)
    }

    var isAssignable: Bool {
        switch form {
        case .name(let name): !["true", "false", "none", "True", "False", "None"].contains(name)
        case .namespaceAttribute: true
        case .tuple(let items): items.allSatisfy(\.isAssignable)
        default: false
        }
    }
}
