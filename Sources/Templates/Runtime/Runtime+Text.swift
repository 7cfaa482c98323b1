extension Runtime {
    /// Python's `str(value)`.
    func text(of value: Value) throws -> Text {
        switch value {
        case .string(let text): return text
        case .undefined(let undefined):
            if undefined.isStrict { throw undefined.failure }
            return ""
        case .object(let object):
            if let text = try nested({ try object.text(self) }) { return text }
            return try representation(of: value)
        default: return try representation(of: value)
        }
    }

    /// Python's `repr(value)`.
    func representation(of value: Value) throws -> Text {
        var visited: Set<ObjectIdentifier> = []
        return try representation(of: value, &visited)
    }

    func representation(ofItems items: [Value], _ open: Text, _ close: Text) throws -> Text {
        var visited: Set<ObjectIdentifier> = []
        return try representation(ofItems: items, open, close, &visited)
    }

    private func representation(of value: Value, _ visited: inout Set<ObjectIdentifier>) throws -> Text {
        switch value {
        case .undefined: return "Undefined"
        case .null: return "None"
        case .bool(let flag): return flag ? "True" : "False"
        case .int(let number): return Text(String(number))
        case .double(let number): return Text(FloatText.shortest(number))
        case .string(let text):
            try spend(text.count)
            let quoted = StringText.representation(of: text)
            return text.isMarkup ? "Markup(" + quoted + ")" : quoted
        case .list(let list):
            return try guarding(list, "[...]", &visited) { try representation(ofItems: list.items, "[", "]", &$0) }
        case .tuple(let tuple):
            let close: Text = tuple.items.count == 1 ? ",)" : ")"
            return try guarding(tuple, "(...)", &visited) { try representation(ofItems: tuple.items, "(", close, &$0) }
        case .dict(let dict):
            return try guarding(dict, "{...}", &visited) { try representation(of: dict, &$0) }
        case .object(let object):
            guard let text = try nested({ try object.representation(self) }) else {
                throw Failure(
                    .runtime, "a \(object.typeName) has no text: Python would print its memory address",
                    hint: "add |list to an iterator, () to a function")
            }
            return text
        }
    }

    private func representation(
        ofItems items: [Value], _ open: Text, _ close: Text, _ visited: inout Set<ObjectIdentifier>
    ) throws -> Text {
        try spend(2 * items.count + 2)
        var result = open
        for (index, item) in items.enumerated() {
            if index > 0 { result.append(", ") }
            result.append(try representation(of: item, &visited))
        }
        return result + close
    }

    private func representation(of dict: DictObject, _ visited: inout Set<ObjectIdentifier>) throws -> Text {
        try spend(4 * dict.count + 2)
        var result: Text = "{"
        for (index, key) in dict.keys.enumerated() {
            if index > 0 { result.append(", ") }
            result.append(try representation(of: key, &visited))
            result.append(": ")
            result.append(try representation(of: dict.values[index], &visited))
        }
        return result + "}"
    }

    /// A container within itself shows as dots.
    private func guarding(
        _ container: AnyObject, _ dots: Text, _ visited: inout Set<ObjectIdentifier>,
        _ body: (inout Set<ObjectIdentifier>) throws -> Text
    ) throws -> Text {
        guard visited.insert(ObjectIdentifier(container)).inserted else { return dots }
        defer { visited.remove(ObjectIdentifier(container)) }
        return try nested { try body(&visited) }
    }
}
