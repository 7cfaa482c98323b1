extension StringMethods {
    static let pieces: [String: Method] = [
        "strip": { _, text, arguments in try strip("strip", text, arguments, left: true, right: true) },
        "lstrip": { _, text, arguments in try strip("lstrip", text, arguments, left: true, right: false) },
        "rstrip": { _, text, arguments in try strip("rstrip", text, arguments, left: false, right: true) },
        "split": { runtime, text, arguments in
            let (separator, limit) = try splitting("split", arguments)
            return try runtime.list(separator.map { text.split(at: $0, limit: limit) } ?? text.words(limit: limit))
        },
        "rsplit": { runtime, text, arguments in
            let (separator, limit) = try splitting("rsplit", arguments)
            return try runtime.list(
                separator.map { text.splitFromEnd(at: $0, limit: limit) } ?? text.wordsFromEnd(limit: limit))
        },
        "splitlines": { runtime, text, arguments in
            let keeps = try arguments.bind("splitlines", ["keepends"]).int(0, default: 0)
            return try runtime.list(text.lines(keepingEnds: keeps != 0))
        },
        "partition": { runtime, text, arguments in
            let separator = try parsedSeparator("partition", arguments)
            guard let place = text.find(separator) else {
                return try tuple(runtime, text, text.with([]), text.with([]))
            }
            return try tuple(
                runtime, text.with(text.scalars[..<place]), text.with(separator.scalars),
                text.with(text.scalars[(place + separator.count)...]))
        },
        "rpartition": { runtime, text, arguments in
            let separator = try parsedSeparator("rpartition", arguments)
            guard let place = text.findLast(separator, in: 0..<text.count) else {
                return try tuple(runtime, text.with([]), text.with([]), text)
            }
            return try tuple(
                runtime, text.with(text.scalars[..<place]), text.with(separator.scalars),
                text.with(text.scalars[(place + separator.count)...]))
        },
        "join": { runtime, text, arguments in
            let items = try runtime.items(of: try arguments.only("join"))
            var pieces: [Text] = []
            for (index, item) in items.enumerated() {
                if case .undefined(let undefined) = item, text.isMarkup { throw undefined.failure }
                guard let piece = text.isMarkup ? Markup.escape(try runtime.text(of: item)) : item.asText else {
                    throw Failure.type("sequence item \(index): expected str instance, \(item.typeName) found")
                }
                try runtime.spend(piece.count + text.count)
                pieces.append(piece)
            }
            return .string(text.with(Text.joined(pieces, by: text).scalars))
        },
    ]

    private static func tuple(_ runtime: Runtime, _ texts: Text...) throws -> Value {
        try runtime.tuple(texts.map { .string($0) })
    }

    private static func parsedSeparator(_ name: String, _ arguments: Arguments) throws -> Text {
        let separator = try arguments.bind(name, ["sep"], required: 1, positionalOnly: true).text(0)
        guard !separator.isEmpty else { throw Failure.value("empty separator") }
        return separator
    }

    private static func strip(
        _ name: String, _ text: Text, _ arguments: Arguments, left: Bool, right: Bool
    ) throws -> Value {
        let bound = try arguments.bind(name, ["chars"], positionalOnly: true)
        let characters = try bound[0].flatMap { $0.isNone ? nil : try bound.text(0) }
        return .string(text.stripped(characters, left: left, right: right))
    }

    private static func splitting(_ name: String, _ arguments: Arguments) throws -> (Text?, Int) {
        let bound = try arguments.bind(name, ["sep", "maxsplit"])
        let limit = try bound.int(1, default: -1)
        guard let value = bound[0], !value.isNone else { return (nil, limit) }
        let separator = try bound.text(0)
        guard !separator.isEmpty else { throw Failure.value("empty separator") }
        return (separator, limit)
    }
}
