/// The text of `~/.sds/config`, for changing single keys: comments, order and foreign keys stay as they are.
package struct ConfigurationText: Hashable, Sendable {
    private var lines: [String]

    package init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
    }

    package var text: String {
        lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    /// Sets a key of the top level to a scalar; a new one goes to the end, but before the section `kubernetes:`.
    ///
    /// Written as `KEY: value` without quotes where YAML lets it, because scripts read it with grep and cut.
    package mutating func set(_ key: String, to value: String) {
        let line = value.isEmpty ? "\(key): \"\"" : "\(key): \(Self.scalar(value))"
        if let start = lines.firstIndex(where: { Self.key(of: $0) == key }) {
            var end = start + 1
            while end < lines.count, Self.continues(lines[end]) { end += 1 }
            // Blank lines and comments before the next key belong to that one.
            while end > start + 1, lines[end - 1].allSatisfy(\.isWhitespace) { end -= 1 }
            lines.replaceSubrange(start..<end, with: [line])
            return
        }
        var place = lines.firstIndex { Self.key(of: $0) == "kubernetes" } ?? lines.count
        while place > 0, lines[place - 1].hasPrefix("#") || (place < lines.count && lines[place - 1].isEmpty) {
            place -= 1
        }
        lines.insert(line, at: place)
    }

    private static func key(of line: String) -> String? {
        guard let first = line.first, first.isLetter || first == "_", let colon = line.firstIndex(of: ":") else {
            return nil
        }
        let after = line.index(after: colon)
        guard after == line.endIndex || line[after].isWhitespace else { return nil }
        return String(line[..<colon])
    }

    /// Whether a line goes on with the value above it.
    private static func continues(_ line: String) -> Bool {
        guard let first = line.first else { return true }
        return first.isWhitespace || first == "-" || first == "]" || first == "}"
    }

    /// The text as every YAML reader takes it for that text.
    static func scalar(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_./:+@-=~,".contains($0)) }
        let isUnmistakable =
            PlainScalar.resolve(text) == .text(text)
            || PlainScalar.resolve(text).text == text && text.allSatisfy(\.isNumber)
        if isPlain, isUnmistakable, let first = text.first,
            first.isLetter || first.isNumber || first == "/" || first == "_",
            text.last != ":"
        {
            return text
        }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
