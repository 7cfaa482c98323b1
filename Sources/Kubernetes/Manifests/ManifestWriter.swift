/// Writes objects as YAML that kubectl reads back identically, the same bytes for the same objects.
package struct ManifestWriter {
    private var text = ""

    /// All objects as one stream of documents.
    package static func text(_ objects: [KubernetesObject]) -> String {
        objects.map { "---\n" + text($0.json) }.joined()
    }

    /// One value as one document, without the line of dashes.
    package static func text(_ value: JSONValue) -> String {
        var writer = ManifestWriter()
        writer.write(value, indent: 0, after: .start)
        return writer.text
    }

    /// What the value follows on its line.
    private enum Position {
        case start
        case key
        case dash
    }

    private mutating func write(_ value: JSONValue, indent: Int, after position: Position) {
        switch value {
        case .object(let members) where !members.isEmpty:
            if position == .key { text += "\n" }
            for (index, key) in Self.ordered(members.keys, isRoot: position == .start).enumerated() {
                if index > 0 || position == .key { text += spaces(indent) }
                text += ManifestText.inline(key) + ":"
                let isList = members[key]?.array?.isEmpty == false
                // kubectl's style: the dashes of a list stand below its key.
                write(members[key] ?? .null, indent: isList ? indent : indent + 2, after: .key)
            }
        case .array(let elements) where !elements.isEmpty:
            if position == .key { text += "\n" }
            for (index, element) in elements.enumerated() {
                if index > 0 || position == .key { text += spaces(indent) }
                text += "-"
                if !Self.isBlock(element) {
                    write(element, indent: indent + 2, after: .key)
                } else {
                    text += " "
                    write(element, indent: indent + 2, after: .dash)
                }
            }
        case .string(let string):
            if position != .start { text += " " }
            if position != .start, let block = ManifestText.block(string, indent: indent) {
                text += block
            } else {
                text += ManifestText.inline(string) + "\n"
            }
        default:
            if position != .start { text += " " }
            text += Self.scalar(value) + "\n"
        }
    }

    private static func isBlock(_ value: JSONValue) -> Bool {
        value.object?.isEmpty == false || value.array?.isEmpty == false
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .object: "{}"
        case .array: "[]"
        default: String(decoding: value.serialized(), as: UTF8.self)
        }
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    private static let first = ["apiVersion", "kind", "metadata", "name", "namespace", "image"]

    /// What names a thing comes first, `status` of an object last, the rest by the alphabet.
    private static func ordered(_ keys: some Collection<String>, isRoot: Bool) -> [String] {
        func rank(_ key: String) -> Int {
            first.firstIndex(of: key) ?? (isRoot && key == "status" ? first.count + 1 : first.count)
        }
        return keys.sorted { (rank($0), $0) < (rank($1), $1) }
    }
}
