/// What filters call `attribute`: `"address.city"`, `"0"` or a number.
struct AttributePath {
    private let parts: [Value]

    init(_ value: Value) throws {
        switch value {
        case .null: parts = []
        case .string(let text):
            parts = try text.split(at: ".").map { part in
                guard part.isEach(\.isPythonDigit) else { return .string(part.plain) }
                return .int(try IntegerText.parse(part, base: 10))
            }
        default: parts = [value]
        }
    }

    /// Several paths, parted by commas.
    static func several(_ value: Value) throws -> [AttributePath] {
        guard let text = value.asText else { return [try AttributePath(value)] }
        return try text.split(at: ",").map { try AttributePath(.string($0)) }
    }

    func value(in item: Value, default fallback: Value = .null, _ runtime: Runtime) throws -> Value {
        var value = item
        for part in parts {
            value = try runtime.subscripted(value, part)
            if !fallback.isNone, value.isUndefined { value = fallback }
        }
        return value
    }
}

extension Runtime {
    /// What strings are compared by unless case matters.
    func ignoringCase(_ value: Value, _ isCaseSensitive: Bool) -> Value {
        guard !isCaseSensitive, let text = value.asText else { return value }
        return .string(text.lowercased)
    }
}
