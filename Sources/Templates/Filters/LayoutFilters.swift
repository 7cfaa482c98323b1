/// Filters that lay out lines.
enum LayoutFilters {
    static let all: [String: FilterRegistry.Filter] = [
        "indent": { runtime, value, arguments in
            let bound = try arguments.bind("indent", ["width", "first", "blank"])
            guard let text = value.asText else { throw notText("indent", value) }
            let width = bound.value(0, default: .int(4))
            var indention: Text
            if let given = width.asText {
                indention = given
            } else {
                try runtime.spend(try bound.int(0, default: 4))
                indention = Text(" ").repeated(try bound.int(0, default: 4))
            }
            if text.isMarkup { indention = Markup.escape(Text(indention.scalars, isMarkup: true)) }
            return .string(
                try indent(
                    runtime, text, indention, first: try runtime.isTrue(bound.value(1, default: .null)),
                    blank: try runtime.isTrue(bound.value(2, default: .null))))
        },
        "truncate": { runtime, value, arguments in
            let bound = try arguments.bind("truncate", ["length", "killwords", "end", "leeway"])
            let length = try bound.int(0, default: 255)
            let end = try bound.text(2, default: "...")
            let leeway = try bound[3].map { $0.isNone ? 5 : try bound.int(3) } ?? 5
            guard length >= end.count else { throw Failure.value("expected length >= \(end.count), got \(length)") }
            guard leeway >= 0 else { throw Failure.value("expected leeway >= 0, got \(leeway)") }
            let (limit, overflow) = length.addingReportingOverflow(leeway)
            guard !overflow else { return value }
            guard let text = value.asText else {
                if try runtime.length(of: value) <= limit { return value }
                throw notText("truncate", value)
            }
            if text.count <= limit { return value }
            let kept = text.with(text.scalars.prefix(length - end.count))
            let head =
                try runtime.isTrue(bound.value(1, default: .null)) ? kept : kept.splitFromEnd(at: " ", limit: 1)[0]
            return .string(text.with((head + (text.isMarkup ? Markup.escape(end) : end)).scalars))
        },
        "wordwrap": { runtime, value, arguments in
            let bound = try arguments.bind(
                "wordwrap", ["width", "break_long_words", "wrapstring", "break_on_hyphens"])
            guard let text = value.asText else { throw notText("wordwrap", value) }
            let joint = try bound[2].flatMap { $0.isNone ? nil : try bound.text(2) } ?? "\n"
            let hyphens = bound.value(3, default: .bool(true))
            let wrapper = TextWrapper(
                width: try bound.int(0, default: 79),
                breaksLongWords: try runtime.isTrue(bound.value(1, default: .bool(true))),
                splitsAtHyphens: { if case .bool(true) = hyphens { true } else { false } }(),
                breaksOnHyphens: try runtime.isTrue(hyphens))
            try runtime.spend(2 * text.count)
            let paragraphs = try text.lines().map { Text.joined(try wrapper.wrap($0), by: joint) }
            return .string(Text.joined(paragraphs, by: joint))
        },
    ]

    private static func notText(_ name: String, _ value: Value) -> Failure {
        if case .undefined(let undefined) = value { return undefined.failure }
        return .type("\(name)() needs a str, found \(value.typeName)")
    }

    private static func indent(
        _ runtime: Runtime, _ text: Text, _ indention: Text, first: Bool, blank: Bool
    ) throws -> Text {
        // The added newline keeps the last line, even if it is empty.
        let lines = (text + "\n").lines()
        try runtime.spend(lines.count, times: indention.count + 1)
        var result = Text()
        for (index, line) in lines.enumerated() {
            if index > 0 { result.append("\n") }
            if index == 0 ? first : blank || !line.isEmpty { result.append(indention) }
            result.append(line)
        }
        return text.with(result.scalars)
    }
}
