/// Python's `json.dumps` with sorted keys.
struct JSONText {
    private let runtime: Runtime
    /// nil: on one line.
    private let indent: Text?

    init(_ runtime: Runtime, indent: Value) throws {
        self.runtime = runtime
        switch indent {
        case .null: self.indent = nil
        case .string(let text): self.indent = text.plain
        default:
            guard let width = indent.asInt else { throw Failure.type("tojson(): 'indent' should be an int") }
            try runtime.spend(width)
            self.indent = Text(" ").repeated(width)
        }
    }

    func text(of value: Value) throws -> Text {
        var visited: Set<ObjectIdentifier> = []
        return try text(of: value, "\n", &visited)
    }

    private func text(of value: Value, _ newline: Text, _ visited: inout Set<ObjectIdentifier>) throws -> Text {
        switch value {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return Text(String(number))
        case .double(let number): return Text(float(number))
        case .string(let text):
            try runtime.spend(text.count)
            return quoted(text)
        case .list(let list): return try guarding(list, &visited) { try array(list.items, newline, &$0) }
        case .tuple(let tuple): return try guarding(tuple, &visited) { try array(tuple.items, newline, &$0) }
        case .dict(let dict): return try guarding(dict, &visited) { try object(dict, newline, &$0) }
        case .undefined(let undefined):
            throw undefined.isStrict
                ? undefined.failure : Failure.type("an undefined value has no JSON form: \(undefined.message)")
        case .object(let object): throw Failure.type("a \(object.typeName) has no JSON form")
        }
    }

    private func guarding(
        _ container: AnyObject, _ visited: inout Set<ObjectIdentifier>,
        _ body: (inout Set<ObjectIdentifier>) throws -> Text
    ) throws -> Text {
        guard visited.insert(ObjectIdentifier(container)).inserted else {
            throw Failure.value("circular reference: a container within itself has no JSON form")
        }
        defer { visited.remove(ObjectIdentifier(container)) }
        return try runtime.nested { try body(&visited) }
    }

    private func array(
        _ items: [Value], _ newline: Text, _ visited: inout Set<ObjectIdentifier>
    ) throws -> Text {
        let inner = newline + (indent ?? "")
        let parts = try items.map { try text(of: $0, inner, &visited) }
        return try enclosed("[", parts, "]", newline)
    }

    private func object(_ dict: DictObject, _ newline: Text, _ visited: inout Set<ObjectIdentifier>) throws -> Text {
        let inner = newline + (indent ?? "")
        var pairs: [Value] = []
        for (key, value) in zip(dict.keys, dict.values) { pairs.append(try runtime.tuple([key, value])) }
        // json.dumps sorts the pairs, which compares values only for equal keys: there are none.
        let sorted = try runtime.sorted(pairs, isReversed: false) { try runtime.item(.int(0), of: $0) ?? .null }
        var parts: [Text] = []
        for pair in sorted {
            let items = try runtime.unpack(pair, into: 2)
            parts.append(quoted(try key(items[0])) + ": " + (try text(of: items[1], inner, &visited)))
        }
        return try enclosed("{", parts, "}", newline)
    }

    private func enclosed(_ open: Text, _ parts: [Text], _ close: Text, _ newline: Text) throws -> Text {
        guard !parts.isEmpty else { return open + close }
        try runtime.spend(parts.count, times: newline.count + 2)
        guard let indent else { return open + Text.joined(parts, by: ", ") + close }
        let inner = newline + indent
        return open + inner + Text.joined(parts, by: "," + inner) + newline + close
    }

    private func key(_ value: Value) throws -> Text {
        switch value {
        case .string(let text): return text
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return Text(String(number))
        case .double(let number): return Text(float(number))
        default: throw Failure.type("a JSON key should be a str, int, float, bool or none, found \(value.typeName)")
        }
    }

    private func float(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return FloatText.shortest(number)
    }

    private func quoted(_ text: Text) -> Text {
        var result: [Unicode.Scalar] = ["\""]
        for scalar in text.scalars {
            switch scalar {
            case "\"", "\\": result += ["\\", scalar]
            case "\n": result += ["\\", "n"]
            case "\r": result += ["\\", "r"]
            case "\t": result += ["\\", "t"]
            case "\u{8}": result += ["\\", "b"]
            case "\u{c}": result += ["\\", "f"]
            case " "..."~": result.append(scalar)
            default: result += Escapes.json(scalar)
            }
        }
        return Text(result + ["\""])
    }
}
