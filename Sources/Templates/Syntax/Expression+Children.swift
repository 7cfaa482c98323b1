extension Expression {
    var children: [Expression] { Expression.children(of: form) }

    /// The operands in Jinja2's order, on which its scope analysis depends.
    static func children(of form: Form) -> [Expression] {
        switch form {
        case .null, .bool, .integer, .float, .string, .name, .namespaceAttribute: []
        case .tuple(let items), .list(let items), .concatenation(let items): items
        case .dictionary(let pairs): pairs.flatMap { [$0.key, $0.value] }
        case .unary(_, let operand), .attribute(let operand, _): [operand]
        case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right): [left, right]
        case .comparison(let first, let rest): [first] + rest.map(\.operand)
        case .conditional(let test, let then, let otherwise): [test, then] + (otherwise.map { [$0] } ?? [])
        case .item(let base, let index): [base, index]
        case .slice(let start, let stop, let step): [start, stop, step].compactMap { $0 }
        case .call(let callee, let arguments): [callee] + arguments.expressions
        case .filter(let operand, _, let arguments): (operand.map { [$0] } ?? []) + arguments.expressions
        case .test(let operand, _, let arguments): [operand] + arguments.expressions
        }
    }

    /// The names that an assignment to this target sets.
    var targetNames: [String] {
        switch form {
        case .name(let name): [name]
        case .tuple(let items): items.flatMap(\.targetNames)
        default: []
        }
    }
}
