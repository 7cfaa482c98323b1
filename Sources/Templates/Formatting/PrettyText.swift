/// Python's `pprint.pformat`: one line of up to 80 characters, else an item a line, dict keys sorted.
struct PrettyText {
    private let runtime: Runtime
    private let width = 80

    init(_ runtime: Runtime) { self.runtime = runtime }

    func text(of value: Value) throws -> Text {
        var output = Text()
        var open: Set<ObjectIdentifier> = []
        try write(value, indent: 0, allowance: 0, level: 0, &open, &output)
        return output
    }

    private func write(
        _ value: Value, indent: Int, allowance: Int, level: Int, _ open: inout Set<ObjectIdentifier>,
        _ output: inout Text
    ) throws {
        let short = try representation(of: value, &open)
        guard short.count > width - indent - allowance else { return output.append(short) }
        switch value {
        case .dict(let dict):
            try guarding(dict, &open) { open in
                output.append("{")
                try writeEntries(dict, indent + 1, allowance + 1, level + 1, &open, &output)
                output.append("}")
            }
        case .list(let list):
            try guarding(list, &open) { open in
                output.append("[")
                try writeItems(list.items, indent + 1, allowance + 1, level + 1, &open, &output)
                output.append("]")
            }
        case .tuple(let tuple) where tuple.names.isEmpty:
            let close: Text = tuple.items.count == 1 ? ",)" : ")"
            try guarding(tuple, &open) { open in
                output.append("(")
                try writeItems(tuple.items, indent + 1, allowance + close.count, level + 1, &open, &output)
                output.append(close)
            }
        case .string(let text) where !text.isMarkup && !text.isEmpty:
            writeText(text, indent: indent, allowance: allowance, level: level + 1, &output)
        default: output.append(short)
        }
    }

    private func guarding(
        _ container: AnyObject, _ open: inout Set<ObjectIdentifier>,
        _ body: (inout Set<ObjectIdentifier>) throws -> Void
    ) throws {
        guard open.insert(ObjectIdentifier(container)).inserted else { throw recursion }
        defer { open.remove(ObjectIdentifier(container)) }
        try runtime.nested { try body(&open) }
    }

    private var recursion: Failure {
        .runtime("a container within itself has no pprint form: Python would print its memory address")
    }

    private func newline(_ indent: Int) -> Text { "\n" + Text(" ").repeated(indent) }

    private func writeItems(
        _ items: [Value], _ indent: Int, _ allowance: Int, _ level: Int, _ open: inout Set<ObjectIdentifier>,
        _ output: inout Text
    ) throws {
        try runtime.spend(items.count, times: indent)
        for (index, item) in items.enumerated() {
            if index > 0 { output.append("," + newline(indent)) }
            let isLast = index == items.count - 1
            try write(item, indent: indent, allowance: isLast ? allowance : 1, level: level, &open, &output)
        }
    }

    private func writeEntries(
        _ dict: DictObject, _ indent: Int, _ allowance: Int, _ level: Int, _ open: inout Set<ObjectIdentifier>,
        _ output: inout Text
    ) throws {
        try runtime.spend(dict.count, times: indent)
        let entries = try sortedEntries(dict)
        for (index, entry) in entries.enumerated() {
            if index > 0 { output.append("," + newline(indent)) }
            let key = try representation(of: entry.key, &open)
            output.append(key + ": ")
            let isLast = index == entries.count - 1
            try write(
                entry.value, indent: indent + key.count + 2, allowance: isLast ? allowance : 1, level: level, &open,
                &output)
        }
    }

    /// A long string becomes adjacent literals, cut at lines and words.
    private func writeText(_ text: Text, indent: Int, allowance: Int, level: Int, _ output: inout Text) {
        let isTop = level == 1
        let indent = isTop ? indent + 1 : indent
        let allowance = isTop ? allowance + 1 : allowance
        let room = width - indent
        let lines = text.lines(keepingEnds: true)
        var chunks: [Text] = []
        for (index, line) in lines.enumerated() {
            let isLast = index == lines.count - 1
            let whole = StringText.representation(of: line)
            if whole.count <= (isLast ? room - allowance : room) {
                chunks.append(whole)
                continue
            }
            let parts = parts(of: line)
            var current = Text()
            for (place, part) in parts.enumerated() {
                let candidate = current + part
                let limit = place == parts.count - 1 && isLast ? room - allowance : room
                if StringText.representation(of: candidate).count > limit {
                    if !current.isEmpty { chunks.append(StringText.representation(of: current)) }
                    current = part
                } else {
                    current = candidate
                }
            }
            if !current.isEmpty { chunks.append(StringText.representation(of: current)) }
        }
        guard chunks.count > 1 else { return output.append(chunks.first ?? "''") }
        if isTop { output.append("(") }
        output.append(Text.joined(chunks, by: newline(indent)))
        if isTop { output.append(")") }
    }

    /// Words with the whitespace behind them.
    private func parts(of line: Text) -> [Text] {
        var parts: [Text] = []
        var index = 0
        while index < line.count {
            let start = index
            while index < line.count, !line.scalars[index].isPythonSpace { index += 1 }
            while index < line.count, line.scalars[index].isPythonSpace { index += 1 }
            parts.append(Text(line.scalars[start..<index]))
        }
        return parts
    }

    /// `repr` with sorted dict keys.
    private func representation(of value: Value, _ open: inout Set<ObjectIdentifier>) throws -> Text {
        try runtime.spend(1)
        switch value {
        case .list(let list): return try enclosed(list, list.items, "[", "]", &open)
        case .tuple(let tuple) where tuple.names.isEmpty:
            return try enclosed(tuple, tuple.items, "(", tuple.items.count == 1 ? ",)" : ")", &open)
        case .dict(let dict):
            var parts: [Text] = []
            try guarding(dict, &open) { open in
                for entry in try sortedEntries(dict) {
                    let key = try representation(of: entry.key, &open)
                    parts.append(key + ": " + (try representation(of: entry.value, &open)))
                }
            }
            return "{" + Text.joined(parts, by: ", ") + "}"
        default: return try runtime.representation(of: value)
        }
    }

    private func enclosed(
        _ container: AnyObject, _ items: [Value], _ first: Text, _ last: Text, _ open: inout Set<ObjectIdentifier>
    ) throws -> Text {
        var parts: [Text] = []
        try guarding(container, &open) { open in
            for item in items { parts.append(try representation(of: item, &open)) }
        }
        let text = first + Text.joined(parts, by: ", ") + last
        try runtime.spend(text.count)
        return text
    }

    /// Keys that do not compare are ordered by their types.
    private func sortedEntries(_ dict: DictObject) throws -> [(key: Value, value: Value)] {
        var entries: [(key: Value, value: Value)] = []
        for (key, value) in zip(dict.keys, dict.values) {
            let place =
                try entries.lastIndex { other in
                    do {
                        return try !runtime.compare(key, .less, other.key)
                    } catch let failure as Failure where failure.kind == .type {
                        return key.typeName >= other.key.typeName
                    }
                }
            entries.insert((key, value), at: place.map { $0 + 1 } ?? 0)
        }
        return entries
    }
}
