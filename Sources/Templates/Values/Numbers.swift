/// Exact comparison of Python's numbers.
enum Numbers {
    /// How two numbers stand to each other; `unordered` if one is not a number.
    enum Order { case less, same, greater, unordered }

    /// nil if one of the values is not numeric.
    static func order(_ left: Value, _ right: Value) -> Order? {
        if let left = left.asInt, let right = right.asInt { return order(left, right) }
        if case .double(let left) = left, let right = right.asInt { return flip(order(right, left)) }
        if let left = left.asInt, case .double(let right) = right { return order(left, right) }
        guard case .double(let left) = left, case .double(let right) = right else { return nil }
        return left.isNaN || right.isNaN ? .unordered : order(left, right)
    }

    static func holds(_ order: Order, _ comparison: ComparisonOperator) -> Bool {
        switch comparison {
        case .less: order == .less
        case .lessOrEqual: order == .less || order == .same
        case .greater: order == .greater
        case .greaterOrEqual: order == .greater || order == .same
        case .equal: order == .same
        default: order != .same
        }
    }

    private static func order<Number: Comparable>(_ left: Number, _ right: Number) -> Order {
        left < right ? .less : left == right ? .same : .greater
    }

    private static func order(_ left: Int, _ right: Double) -> Order {
        if right.isNaN { return .unordered }
        if right >= 0x1p63 { return .less }
        if right < -0x1p63 { return .greater }
        let whole = Int(right.rounded(.down))
        if left != whole { return order(left, whole) }
        return right > right.rounded(.down) ? .less : .same
    }

    private static func flip(_ order: Order) -> Order {
        switch order {
        case .less: .greater
        case .greater: .less
        default: order
        }
    }
}
