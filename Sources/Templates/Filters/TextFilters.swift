/// Filters that change single strings.
enum TextFilters {
    static let all: [String: FilterRegistry.Filter] = [
        "upper": { .string(try softText("upper", $0, $1, $2).uppercased) },
        "lower": { .string(try softText("lower", $0, $1, $2).lowercased) },
        "capitalize": { .string(try softText("capitalize", $0, $1, $2).capitalized) },
        "title": { .string(title(try softText("title", $0, $1, $2))) },
        "string": { .string(try softText("string", $0, $1, $2)) },
        "wordcount": { .int(wordCount(try softText("wordcount", $0, $1, $2))) },
        "trim": { runtime, value, arguments in
            let bound = try arguments.bind("trim", ["chars"])
            let text = try runtime.softText(value)
            let characters = try bound[0].flatMap { $0.isNone ? nil : try bound.text(0) }
            return .string(text.stripped(characters))
        },
        "replace": { runtime, value, arguments in
            let bound = try arguments.bind("replace", ["old", "new", "count"], required: 2)
            let limit = try bound[2].map { $0.isNone ? -1 : try bound.int(2) } ?? -1
            let text = try runtime.text(of: value).plain
            let (old, new) = (try runtime.text(of: bound.value(0)), try runtime.text(of: bound.value(1)))
            return .string(try StringMethods.replace(runtime, text, old, new.plain, limit))
        },
        "center": { runtime, value, arguments in
            let width = try arguments.bind("center", ["width"]).int(0, default: 80)
            let text = try runtime.softText(value)
            try runtime.spend(width)
            let missing = text.missing(to: width)
            let (left, right) = StringMethods.centered(missing, width: width)
            return .string(
                text.with(Text(" ").repeated(left).scalars + text.scalars + Text(" ").repeated(right).scalars))
        },
        "format": { runtime, value, arguments in
            guard arguments.positional.isEmpty || arguments.named.isEmpty else {
                throw Failure.value("can't handle positional and keyword arguments at the same time")
            }
            let format = try runtime.softText(value)
            guard !arguments.named.isEmpty else {
                return try runtime.formatted(format, with: try runtime.tuple(arguments.positional))
            }
            let dict = try runtime.dict()
            for (name, value) in arguments.named { try runtime.set(.text(name), value, in: dict) }
            return try runtime.formatted(format, with: .dict(dict))
        },
    ]

    private static func softText(
        _ name: String, _ runtime: Runtime, _ value: Value, _ arguments: Arguments
    ) throws -> Text {
        try arguments.expectNone(name)
        return try runtime.softText(value)
    }

    /// A capital after every run of `-({[<` and whitespace; unlike `str.title`, quotes do not start a word.
    private static func title(_ text: Text) -> Text {
        func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
            scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar)
        }
        var result: [Unicode.Scalar] = []
        var index = 0
        while index < text.count {
            let start = index
            let isGap = isSeparator(text.scalars[index])
            while index < text.count, isSeparator(text.scalars[index]) == isGap { index += 1 }
            let piece = Text(text.scalars[start..<index])
            result += Text(piece.scalars.prefix(1)).uppercased.scalars
            result += Text(piece.scalars.dropFirst()).lowercased.scalars
        }
        return Text(result)
    }

    private static func wordCount(_ text: Text) -> Int {
        var count = 0
        var isInside = false
        for scalar in text.scalars {
            if scalar.isWord, !isInside { count += 1 }
            isInside = scalar.isWord
        }
        return count
    }
}
