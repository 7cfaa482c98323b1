/// A supervisord configuration as supervisord reads it: sections of `key = value`, values of several lines, comments.
package struct SupervisorFile: Sendable {
    package struct Entry: Sendable, Hashable {
        package var key: String
        package var value: String
        package var line: Int
    }

    package struct Section: Sendable, Hashable {
        package var name: String
        package var line: Int
        /// The last of entries with one key counts.
        package var entries: [Entry]

        package subscript(key: String) -> String? { entries.last { $0.key == key }?.value }

        /// `NAME` of `[program:NAME]`; nil for other sections.
        package var program: String? {
            guard name.hasPrefix("program:") else { return nil }
            return String(name.dropFirst("program:".count)).trimmed
        }
    }

    package private(set) var sections: [Section] = []
    /// Lines that are no part of such a file.
    package private(set) var errors: [HySDSError] = []

    /// - Parameter file: how messages name the file.
    package init(_ text: String, file: String) {
        var isInValue = false
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            let line = Self.withoutComment(String(raw))
            let body = line.trimmed
            if body.isEmpty {
                // A blank line ends a value; a comment within one doesn't.
                if raw.allSatisfy(\.isWhitespace) { isInValue = false }
                continue
            }
            if isInValue, line.first?.isWhitespace == true, let section = sections.indices.last,
                let entry = sections[section].entries.indices.last
            {
                sections[section].entries[entry].value += "\n" + body
                continue
            }
            if body.hasPrefix("["), body.hasSuffix("]") {
                let name = String(body.dropFirst().dropLast()).trimmed
                isInValue = false
                // A section that comes again goes on with the first.
                if let present = sections.firstIndex(where: { $0.name == name }) {
                    sections.append(sections.remove(at: present))
                } else {
                    sections.append(Section(name: name, line: number, entries: []))
                }
                continue
            }
            guard let mark = body.firstIndex(where: { $0 == "=" || $0 == ":" }), !sections.isEmpty else {
                errors.append(
                    HySDSError(
                        .template, "\(file):\(number)",
                        sections.isEmpty ? "expected a [section] first" : "expected `key = value` or a [section]"))
                continue
            }
            let entry = Entry(
                key: String(body[..<mark]).trimmed.lowercased(),
                value: String(body[body.index(after: mark)...]).trimmed, line: number)
            sections[sections.count - 1].entries.append(entry)
            isInValue = true
        }
    }

    /// `;` and `#` begin a comment at the line's beginning and after a blank.
    private static func withoutComment(_ line: String) -> String {
        var isAfterBlank = true
        for index in line.indices {
            if isAfterBlank, line[index] == ";" || line[index] == "#" { return String(line[..<index]) }
            isAfterBlank = line[index].isWhitespace
        }
        return line
    }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
