extension StringMethods {
    static let searches: [String: Method] = [
        "find": { _, text, arguments in .int(try place("find", text, arguments, isLast: false) ?? -1) },
        "rfind": { _, text, arguments in .int(try place("rfind", text, arguments, isLast: true) ?? -1) },
        "index": { _, text, arguments in
            .int(try place("index", text, arguments, isLast: false, isRequired: true) ?? -1)
        },
        "rindex": { _, text, arguments in
            .int(try place("rindex", text, arguments, isLast: true, isRequired: true) ?? -1)
        },
        "count": { runtime, text, arguments in
            let bound = try arguments.bind("count", ["sub", "start", "end"], required: 1, positionalOnly: true)
            try runtime.spend(text.count)
            guard let range = try range(bound, in: text) else { return .int(0) }
            return .int(text.occurrences(of: try bound.text(0), in: range))
        },
        "startswith": { _, text, arguments in
            .bool(try affix("startswith", text, arguments) { $0.hasPrefix($1) })
        },
        "endswith": { _, text, arguments in
            .bool(try affix("endswith", text, arguments) { $0.hasSuffix($1) })
        },
        "removeprefix": { _, text, arguments in
            let prefix = try arguments.bind("removeprefix", ["prefix"], required: 1, positionalOnly: true).text(0)
            return .string(text.hasPrefix(prefix) ? text.with(text.scalars[prefix.count...]) : text)
        },
        "removesuffix": { _, text, arguments in
            let suffix = try arguments.bind("removesuffix", ["suffix"], required: 1, positionalOnly: true).text(0)
            return .string(text.hasSuffix(suffix) ? text.with(text.scalars[..<(text.count - suffix.count)]) : text)
        },
        "replace": { runtime, text, arguments in
            let bound = try arguments.bind("replace", ["old", "new", "count"], required: 2, positionalOnly: true)
            let (old, new) = (try bound.text(0), try bound.text(1))
            return .string(
                try replace(runtime, text, old, text.isMarkup ? Markup.escape(new) : new, try bound.int(2, default: -1))
            )
        },
    ]

    static func replace(_ runtime: Runtime, _ text: Text, _ old: Text, _ new: Text, _ limit: Int) throws -> Text {
        let hits = text.occurrences(of: old, in: 0..<text.count)
        try runtime.spend(limit < 0 ? hits : min(limit, hits), times: new.count)
        try runtime.spend(text.count)
        return text.replacing(old, with: new, limit: limit)
    }

    /// The range that `start` and `end` leave; nil if `start` lies behind the end.
    private static func range(_ bound: Bound, in text: Text) throws -> Range<Int>? {
        func place(_ index: Int, default fallback: Int) throws -> Int {
            guard let value = bound[index], !value.isNone else { return fallback }
            let number = try bound.int(index)
            return number < 0 ? max(0, number + text.count) : number
        }
        let start = try place(1, default: 0)
        let end = min(try place(2, default: text.count), text.count)
        return start <= end ? start..<end : nil
    }

    private static func place(
        _ name: String, _ text: Text, _ arguments: Arguments, isLast: Bool, isRequired: Bool = false
    ) throws -> Int? {
        let bound = try arguments.bind(name, ["sub", "start", "end"], required: 1, positionalOnly: true)
        let needle = try bound.text(0)
        let found = try range(bound, in: text).flatMap {
            isLast ? text.findLast(needle, in: $0) : text.find(needle, in: $0)
        }
        if isRequired, found == nil { throw Failure.value("substring not found") }
        return found
    }

    private static func affix(
        _ name: String, _ text: Text, _ arguments: Arguments, _ test: (Text, Text) -> Bool
    ) throws -> Bool {
        let bound = try arguments.bind(name, ["prefix", "start", "end"], required: 1, positionalOnly: true)
        let affixes: [Value]
        if case .tuple(let tuple) = try bound.value(0) { affixes = tuple.items } else { affixes = [try bound.value(0)] }
        let part = try range(bound, in: text).map { Text(text.scalars[$0]) }
        for affix in affixes {
            guard let affix = affix.asText else {
                throw Failure.type("\(name)() needs a str or a tuple of str, found \(affix.typeName)")
            }
            if let part, test(part, affix) { return true }
        }
        return false
    }
}
