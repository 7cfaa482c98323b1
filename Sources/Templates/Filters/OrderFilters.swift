/// Filters that sort, group and aggregate.
enum OrderFilters {
    static let all: [String: FilterRegistry.Filter] = [
        "sort": { runtime, value, arguments in
            let bound = try arguments.bind("sort", ["reverse", "case_sensitive", "attribute"])
            let isCaseSensitive = try runtime.isTrue(bound.value(1, default: .bool(false)))
            let paths = try AttributePath.several(bound.value(2, default: .null))
            let isReversed = try runtime.isTrue(bound.value(0, default: .bool(false)))
            let items = try runtime.items(of: value)
            return try runtime.list(
                try runtime.sorted(items, isReversed: isReversed) { item in
                    try runtime.list(
                        try paths.map { runtime.ignoringCase(try $0.value(in: item, runtime), isCaseSensitive) })
                })
        },
        "dictsort": { runtime, value, arguments in
            let bound = try arguments.bind("dictsort", ["case_sensitive", "by", "reverse"])
            let isCaseSensitive = try runtime.isTrue(bound.value(0, default: .bool(false)))
            let by = bound.value(1, default: .text("key")).asText
            guard by == "key" || by == "value" else {
                throw Failure.value("you can only sort by either \"key\" or \"value\"")
            }
            if case .undefined(let undefined) = value { throw undefined.failure }
            guard case .dict(let dict) = value else {
                throw Failure(.attribute, "dictsort needs a dict, found \(value.typeName)")
            }
            let isReversed = try runtime.isTrue(bound.value(2, default: .bool(false)))
            let pairs = try runtime.items(of: .object(DictView(dict, .items)))
            return try runtime.list(
                try runtime.sorted(pairs, isReversed: isReversed) { pair in
                    let key = try runtime.item(.int(by == "key" ? 0 : 1), of: pair) ?? .null
                    return runtime.ignoringCase(key, isCaseSensitive)
                })
        },
        "unique": { runtime, value, arguments in
            let bound = try arguments.bind("unique", ["case_sensitive", "attribute"])
            var seen: Set<HashKey> = []
            var source: IteratorObject?
            return .object(
                runtime.iterator {
                    let isCaseSensitive = try runtime.isTrue(bound.value(0, default: .bool(false)))
                    let path = try AttributePath(bound.value(1, default: .null))
                    let items = try source ?? runtime.iterator(of: value)
                    source = items
                    while let item = try items.next(runtime) {
                        let key = runtime.ignoringCase(try path.value(in: item, runtime), isCaseSensitive)
                        if seen.insert(try runtime.hashKey(key)).inserted { return item }
                    }
                    return nil
                })
        },
        "min": { try extreme("min", .less, $0, $1, $2) },
        "max": { try extreme("max", .greater, $0, $1, $2) },
        "sum": { runtime, value, arguments in
            let bound = try arguments.bind("sum", ["attribute", "start"])
            let path = try AttributePath(bound.value(0, default: .null))
            var total = bound.value(1, default: .int(0))
            let items = try runtime.iterator(of: value)
            if total.asText != nil { throw Failure.type("sum() can't sum strings (use |join instead)") }
            while let item = try items.next(runtime) {
                total = try runtime.apply(.add, total, try path.value(in: item, runtime))
            }
            return total
        },
        "groupby": { runtime, value, arguments in
            let bound = try arguments.bind("groupby", ["attribute", "default", "case_sensitive"], required: 1)
            let path = try AttributePath(try bound.value(0))
            let fallback = bound.value(1, default: .null)
            let isCaseSensitive = try runtime.isTrue(bound.value(2, default: .bool(false)))
            func key(_ item: Value) throws -> Value {
                runtime.ignoringCase(try path.value(in: item, default: fallback, runtime), isCaseSensitive)
            }
            var groups: [(key: Value, items: [Value])] = []
            for item in try runtime.sorted(try runtime.items(of: value), isReversed: false, by: key) {
                let itemKey = try key(item)
                if let last = groups.last, try runtime.areEqual(last.key, itemKey) {
                    groups[groups.count - 1].items.append(item)
                } else {
                    groups.append((itemKey, [item]))
                }
            }
            return try runtime.list(
                try groups.map { group in
                    let shown =
                        isCaseSensitive
                        ? group.key : try path.value(in: group.items[0], default: fallback, runtime)
                    return try runtime.tuple([shown, try runtime.list(group.items)], names: ["grouper", "list"])
                })
        },
    ]

    private static func extreme(
        _ name: String, _ comparison: ComparisonOperator, _ runtime: Runtime, _ value: Value, _ arguments: Arguments
    ) throws -> Value {
        let bound = try arguments.bind(name, ["case_sensitive", "attribute"])
        let isCaseSensitive = try runtime.isTrue(bound.value(0, default: .bool(false)))
        let items = try runtime.iterator(of: value)
        guard var best = try items.next(runtime) else {
            return .undefined(runtime.undefined("No aggregated item, sequence was empty."))
        }
        let path = try AttributePath(bound.value(1, default: .null))
        func key(_ item: Value) throws -> Value {
            runtime.ignoringCase(try path.value(in: item, runtime), isCaseSensitive)
        }
        var bestKey = try key(best)
        while let item = try items.next(runtime) {
            let itemKey = try key(item)
            guard try runtime.compare(itemKey, comparison, bestKey) else { continue }
            best = item
            bestKey = itemKey
        }
        return best
    }
}

extension Runtime {
    /// Python's `sorted`: stable, also in reverse.
    func sorted(_ items: [Value], isReversed: Bool, by key: (Value) throws -> Value) throws -> [Value] {
        var keyed = try items.map { (key: try key($0), item: $0) }
        if isReversed { keyed.reverse() }
        keyed = try merged(keyed[...])
        if isReversed { keyed.reverse() }
        return keyed.map(\.item)
    }

    /// A merge sort: the standard library does not promise stability, nor survival of an inconsistent order.
    private func merged(_ items: ArraySlice<(key: Value, item: Value)>) throws -> [(key: Value, item: Value)] {
        guard items.count > 1 else { return Array(items) }
        let middle = items.startIndex + items.count / 2
        var left = try merged(items[..<middle])[...]
        var right = try merged(items[middle...])[...]
        var result: [(key: Value, item: Value)] = []
        result.reserveCapacity(items.count)
        while let first = left.first, let second = right.first {
            if try compare(second.key, .less, first.key) {
                result.append(second)
                right.removeFirst()
            } else {
                result.append(first)
                left.removeFirst()
            }
        }
        return result + left + right
    }
}
