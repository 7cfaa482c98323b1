/// What a container wrote before it ended, and the one line of it that says why.
package struct LastWords: Hashable, Sendable {
    /// Without blank lines, in their order.
    package let lines: [String]

    package init(_ text: String) {
        lines = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.allSatisfy(\.isWhitespace) }
    }

    /// The exception of the last Python traceback, else the last line.
    package var reason: String? {
        guard let start = lines.lastIndex(where: { $0.hasPrefix(Self.traceback) }) else {
            return lines.last.map(Self.trimmed)
        }
        // Frames are indented; what follows them is the exception, with a message that may go on.
        return lines[(start + 1)...].first { $0.first?.isWhitespace == false }.map(Self.trimmed)
            ?? lines.last.map(Self.trimmed)
    }

    /// The lines around it that are worth reading, the reason itself left out.
    package func context(_ count: Int) -> [String] {
        let end = lines.lastIndex { Self.trimmed($0) == reason } ?? lines.endIndex
        return Array(lines[..<end].suffix(count))
    }

    private static let traceback = "Traceback (most recent call last):"

    private static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.first?.isWhitespace == true { line.removeFirst() }
        while line.last?.isWhitespace == true { line.removeLast() }
        return String(line)
    }
}
