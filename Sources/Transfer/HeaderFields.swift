/// Header fields in their order; names are compared without regard to case.
package struct HeaderFields: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(_ pairs: [(String, String)]) {
        fields = pairs.map { Field(name: $0.0, value: $0.1) }
    }

    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// The first field of that name.
    package subscript(name: String) -> String? {
        all(name).first
    }

    package func all(_ name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// Takes in `Name: value`; false for anything else.
    mutating func append(line: some StringProtocol) -> Bool {
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return false }
        append(String(line[..<colon]), Self.trimmed(line[line.index(after: colon)...]))
        return true
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let body = text.drop(while: \.isWhitespace)
        return String(body.reversed().drop(while: \.isWhitespace).reversed())
    }
}
