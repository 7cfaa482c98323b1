/// A value of `~/.sds/config` as PyYAML's `safe_load` would make it, so that templates print what they always printed.
package indirect enum ConfigurationValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    /// Also dates (as Python's `str` prints them) and integers beyond 64 bits.
    case text(String)
    case list([ConfigurationValue])
    case mapping([Member])

    /// One member of a mapping; members keep the order of the file.
    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: ConfigurationValue

        package init(_ key: String, _ value: ConfigurationValue) {
            self.key = key
            self.value = value
        }
    }
}

extension ConfigurationValue {
    package var isNull: Bool { self == .null }
    package var list: [ConfigurationValue]? { if case .list(let elements) = self { elements } else { nil } }
    package var members: [Member]? { if case .mapping(let members) = self { members } else { nil } }

    package subscript(key: String) -> ConfigurationValue? {
        members?.first { $0.key == key }?.value
    }

    /// A scalar as Python's `str` prints it; nil for null, lists and mappings.
    package var text: String? {
        switch self {
        case .text(let text): text
        case .bool(let value): value ? "True" : "False"
        case .integer(let value): String(value)
        case .number(let value): Self.python(value)
        case .null, .list, .mapping: nil
        }
    }

    /// What an error message calls the value; never the value of a text, which may be a secret.
    package var described: String {
        switch self {
        case .null: "nothing"
        case .bool(let value): "the boolean \(value)"
        case .integer(let value): "the integer \(value)"
        case .number(let value): "the number \(value)"
        case .text: "text"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }

    private static func python(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        return "\(value)"
    }
}
