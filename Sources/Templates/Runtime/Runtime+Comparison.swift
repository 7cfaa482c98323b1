extension Runtime {
    /// Python's `bool(value)`.
    func isTrue(_ value: Value) throws -> Bool {
        switch value {
        case .undefined(let undefined):
            if undefined.isStrict { throw undefined.failure }
            return false
        case .null: return false
        case .bool(let flag): return flag
        case .int(let number): return number != 0
        case .double(let number): return number != 0
        case .string(let text): return !text.isEmpty
        case .list(let list): return !list.items.isEmpty
        case .tuple(let tuple): return !tuple.items.isEmpty
        case .dict(let dict): return dict.count > 0
        case .object(let object): return try object.length(self).map { $0 > 0 } ?? true
        }
    }

    /// Python's `left == right`.
    func areEqual(_ left: Value, _ right: Value) throws -> Bool {
        try spend(1)
        if case .undefined(let undefined) = left, undefined.isStrict { throw undefined.failure }
        if case .undefined(let undefined) = right, undefined.isStrict { throw undefined.failure }
        switch (left, right) {
        case (.undefined, .undefined), (.null, .null): return true
        case (.string(let left), .string(let right)): return left == right
        case (.list(let left), .list(let right)):
            return try left === right || nested { try areEqual(left.items, right.items) }
        case (.tuple(let left), .tuple(let right)):
            return try left === right || nested { try areEqual(left.items, right.items) }
        case (.dict(let left), .dict(let right)):
            return try left === right || nested { try areEqual(left, right) }
        case (.object(let left), .object(let right)): return try left.isEqual(to: right, self)
        default: return Numbers.order(left, right) == .same
        }
    }

    func areEqual(_ left: [Value], _ right: [Value]) throws -> Bool {
        guard left.count == right.count else { return false }
        for (first, second) in zip(left, right) where try !areEqual(first, second) { return false }
        return true
    }

    private func areEqual(_ left: DictObject, _ right: DictObject) throws -> Bool {
        guard left.count == right.count else { return false }
        for (key, value) in zip(left.keys, left.values) {
            guard let other = right.value(for: try hashKey(key)), try areEqual(value, other) else { return false }
        }
        return true
    }

    /// Python's `<`, `<=`, `>` and `>=`.
    func compare(_ left: Value, _ comparison: ComparisonOperator, _ right: Value) throws -> Bool {
        try spend(1)
        for case .undefined(let undefined) in [left, right] { throw undefined.failure }
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try spend(min(left.count, right.count))
            return Numbers.holds(left < right ? .less : left == right ? .same : .greater, comparison)
        case (.list(let left), .list(let right)):
            return try nested { try compare(left.items, comparison, right.items) }
        case (.tuple(let left), .tuple(let right)):
            return try nested { try compare(left.items, comparison, right.items) }
        default:
            guard let order = Numbers.order(left, right) else {
                throw Failure.type(
                    "'\(comparison.rawValue)' does not compare \(left.typeName) with \(right.typeName)")
            }
            return Numbers.holds(order, comparison)
        }
    }

    private func compare(_ left: [Value], _ comparison: ComparisonOperator, _ right: [Value]) throws -> Bool {
        for (first, second) in zip(left, right) where try !areEqual(first, second) {
            return try compare(first, comparison, second)
        }
        let order: Numbers.Order = left.count < right.count ? .less : left.count == right.count ? .same : .greater
        return Numbers.holds(order, comparison)
    }

    /// Python's `value in container`.
    func contains(_ container: Value, _ value: Value) throws -> Bool {
        switch container {
        case .undefined(let undefined):
            if undefined.isStrict { throw undefined.failure }
            return false
        case .string(let text):
            guard let needle = value.asText else {
                throw Failure.type("'in <str>' needs a str on its left, found \(value.typeName)")
            }
            try spend(text.count)
            return text.contains(needle)
        case .dict(let dict): return dict.value(for: try hashKey(value)) != nil
        case .object(let object):
            if let answer = try object.contains(value, self) { return answer }
        default: break
        }
        let iterator = try iterator(of: container)
        while let item = try iterator.next(self) {
            if try areEqual(item, value) { return true }
        }
        return false
    }

    func hashKey(_ value: Value) throws -> HashKey {
        try spend(1)
        switch value {
        case .undefined(let undefined):
            if undefined.isStrict { throw undefined.failure }
            return .undefined
        case .null: return .null
        case .bool, .int: return .int(value.asInt ?? 0)
        case .double(let number): return Int(exactly: number).map { .int($0) } ?? .double(number)
        case .string(let text): return .string(text)
        case .tuple(let tuple): return .tuple(try nested { try tuple.items.map { try hashKey($0) } })
        case .list, .dict: throw Failure.type("unhashable type: '\(value.typeName)'")
        case .object(let object): return .identity(ObjectIdentifier(object))
        }
    }
}
