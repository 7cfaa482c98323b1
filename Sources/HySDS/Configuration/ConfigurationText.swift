/// The text of `~/.sds/config`, for changing single keys: comments, order and foreign keys stay as they are.
package struct ConfigurationText: Hashable, Sendable {
    var lines: [String]

    package init(_ text: String) {
        let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        if lines.last == "" { lines.removeLast() }
    }

    package var text: String {
        lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    /// The keys of the top level, in their order.
    package var keys: [String] { lines.compactMap(Self.key(of:)) }

    /// Whether a key of the top level is there, blank or not.
    package func contains(_ key: String) -> Bool {
        lines.contains { Self.key(of: $0) == key }
    }

    /// Sets a key of the top level to a scalar; a new one goes to the end, but before the section `kubernetes:`.
    ///
    /// Written as `KEY: value` without quotes where YAML lets it, because scripts read it with grep and cut.
    package mutating func set(_ key: String, to value: String) {
        set(key, to: .text(value))
    }

    /// Sets a key of the top level to any value: lists and mappings become blocks of lines.
    package mutating func set(_ key: String, to value: ConfigurationValue) {
        var new = YAMLBlock.lines(key, value, indent: 0)
        if let start = lines.firstIndex(where: { Self.key(of: $0) == key }) {
            let end = self.end(ofValueAt: start)
            if end == start + 1, new.count == 1, let comment = YAMLBlock.comment(of: lines[start]) {
                new[0] += comment
            }
            lines.replaceSubrange(start..<end, with: new)
            return
        }
        // A key that the reference leaves out stands there as `#KEY: example`.
        if let example = lines.firstIndex(where: { $0.hasPrefix("#\(key):") }) {
            lines.replaceSubrange(example...example, with: new)
            return
        }
        var place = lines.firstIndex { Self.key(of: $0) == "kubernetes" } ?? lines.count
        while place > 0, lines[place - 1].hasPrefix("#") || (place < lines.count && lines[place - 1].isEmpty) {
            place -= 1
        }
        lines.insert(contentsOf: new, at: place)
    }

    /// Blank lines and comments before the next key belong to that one.
    private func end(ofValueAt start: Int) -> Int {
        var end = start + 1
        while end < lines.count, Self.continues(lines[end]) { end += 1 }
        while end > start + 1, lines[end - 1].allSatisfy(\.isWhitespace) { end -= 1 }
        return end
    }

    static func key(of line: String) -> String? {
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
}
