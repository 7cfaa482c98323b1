/// What a container wrote before it ended, and the one line of it that says why.
package struct LastWords: Hashable, Sendable {
    /// Without blank lines, in their order, and without the exceptions that Python met while it ended and ignored.
    package let lines: [String]

    package init(_ text: String) {
        let all = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.allSatisfy(\.isWhitespace) }
        lines = Self.withoutIgnored(all)
    }

    /// `Exception ignored in: …`, its traceback, and the exception itself.
    private static func withoutIgnored(_ all: [String]) -> [String] {
        var kept: [String] = []
        var rest = all[...]
        while let line = rest.popFirst() {
            guard line.hasPrefix("Exception ignored ") else {
                kept.append(line)
                continue
            }
            guard rest.first == traceback else { continue }
            rest = rest.dropFirst().drop { $0.first?.isWhitespace == true }.dropFirst()
        }
        return kept
    }

    /// The last exception that Python told of, whatever servers say after it; else the last line.
    package var reason: String? {
        if let exception = lines.suffix(Self.recent).last(where: Self.isException) { return Self.trimmed(exception) }
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

    /// `ModuleNotFoundError: No module named 'x'` at the beginning of a line.
    private static func isException(_ line: String) -> Bool {
        let name = line.prefix { $0 != ":" }
        return ["Error", "Exception", "Exit", "Interrupt"].contains(where: name.hasSuffix)
            && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
    }

    private static let recent = 20
    private static let traceback = "Traceback (most recent call last):"

    private static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.first?.isWhitespace == true { line.removeFirst() }
        while line.last?.isWhitespace == true { line.removeLast() }
        return String(line)
    }
}
