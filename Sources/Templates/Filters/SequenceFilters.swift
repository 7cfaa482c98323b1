/// Filters that look at or cut sequences.
enum SequenceFilters {
    static let all: [String: FilterRegistry.Filter] = [
        "length": length, "count": length,
        "default": fallback, "d": fallback,
        "list": { runtime, value, arguments in
            try arguments.expectNone("list")
            return try runtime.list(try runtime.items(of: value))
        },
        "items": { runtime, value, arguments in
            try arguments.expectNone("items")
            var source: IteratorObject?
            return .object(
                runtime.iterator {
                    if value.isUndefined { return nil }
                    guard case .dict(let dict) = value else {
                        throw Failure.type("can only get item pairs from a mapping, found \(value.typeName)")
                    }
                    if source == nil { source = try DictView(dict, .items).iterator(runtime) }
                    return try source?.next(runtime)
                })
        },
        "first": { runtime, value, arguments in
            try arguments.expectNone("first")
            return try runtime.iterator(of: value).next(runtime)
                ?? .undefined(runtime.undefined("No first item, sequence was empty."))
        },
        "last": { runtime, value, arguments in
            try arguments.expectNone("last")
            return try runtime.reversedIterator(of: value).next(runtime)
                ?? .undefined(runtime.undefined("No last item, sequence was empty."))
        },
        "random": { _, _, _ in
            throw Failure(
                .runtime, "the filter 'random' would make every render another one",
                hint: "choose the item in the template"
            )
        },
        "reverse": { runtime, value, arguments in
            try arguments.expectNone("reverse")
            if let text = value.asText { return .string(text.with(text.scalars.reversed())) }
            do {
                return .object(try runtime.reversedIterator(of: value))
            } catch let failure as Failure where failure.kind == .type {
                return try runtime.list(try runtime.items(of: value).reversed())
            }
        },
        "join": { runtime, value, arguments in
            let bound = try arguments.bind("join", ["d", "attribute"])
            let separator = try runtime.text(of: bound.value(0, default: .text("")))
            let path = try AttributePath(bound.value(1, default: .null))
            let iterator = try runtime.iterator(of: value)
            var pieces: [Text] = []
            while let item = try iterator.next(runtime) {
                let piece = try runtime.text(of: try path.value(in: item, runtime))
                try runtime.spend(piece.count + separator.count)
                pieces.append(separator.isMarkup ? Markup.escape(piece) : piece)
            }
            return .string(separator.with(Text.joined(pieces, by: separator).scalars))
        },
        "batch": { runtime, value, arguments in
            let bound = try arguments.bind("batch", ["linecount", "fill_with"], required: 1)
            var source: IteratorObject?
            var ahead: Value?
            return .object(
                runtime.iterator {
                    let size = try bound.value(0)
                    let items = try source ?? runtime.iterator(of: value)
                    source = items
                    var batch = ahead.map { [$0] } ?? []
                    ahead = nil
                    while let item = try items.next(runtime) {
                        if try runtime.areEqual(.int(batch.count), size) {
                            ahead = item
                            return try runtime.list(batch)
                        }
                        batch.append(item)
                    }
                    if batch.isEmpty { return nil }
                    let fill = bound.value(1, default: .null)
                    if !fill.isNone, try runtime.compare(.int(batch.count), .less, size) {
                        let missing = try bound.int(0) - batch.count
                        try runtime.spend(missing)
                        batch += Array(repeating: fill, count: missing)
                    }
                    return try runtime.list(batch)
                })
        },
        "slice": { runtime, value, arguments in
            let bound = try arguments.bind("slice", ["slices", "fill_with"], required: 1)
            var slices: [[Value]]?
            return .object(
                runtime.iterator {
                    if slices == nil {
                        slices = try sliced(
                            try runtime.items(of: value), try bound.int(0), bound.value(1, default: .null)
                        )
                        .reversed()
                    }
                    return try slices?.popLast().map { try runtime.list($0) }
                })
        },
    ]

    private static let length: FilterRegistry.Filter = { runtime, value, arguments in
        try arguments.expectNone("length")
        return .int(try runtime.length(of: value))
    }

    private static let fallback: FilterRegistry.Filter = { runtime, value, arguments in
        let bound = try arguments.bind("default", ["default_value", "boolean"])
        let replacement = bound.value(0, default: .text(""))
        if value.isUndefined { return replacement }
        let isBoolean = try runtime.isTrue(bound.value(1, default: .bool(false)))
        return try isBoolean && !runtime.isTrue(value) ? replacement : value
    }

    /// Columns of nearly equal height, the higher ones first.
    private static func sliced(_ items: [Value], _ slices: Int, _ fill: Value) throws -> [[Value]] {
        let (size, extra) = try Integers.floorDivide(items.count, slices)
        guard slices > 0 else { return [] }
        guard slices <= 1_000_000 else { throw Failure.limit("slice(\(slices)) makes too many lists") }
        var start = 0
        return (0..<slices).map { number in
            let end = start + size + (number < extra ? 1 : 0)
            defer { start = end }
            return items[start..<end] + (!fill.isNone && number >= extra ? [fill] : [])
        }
    }
}
