extension ConfigurationText {
    /// Sets a key below another, such as `["kubernetes", "ingress", "host"]`; what stands around it stays.
    ///
    /// A mapping in braces on the way is written out in lines first.
    package mutating func set(_ path: [String], to value: ConfigurationValue) {
        guard let top = path.first, path.count > 1 else {
            if let key = path.first { set(key, to: value) }
            return
        }
        guard let start = lines.firstIndex(where: { Self.key(of: $0) == top }) else {
            lines += YAMLBlock.lines(top, Self.nest(path.dropFirst(), value), indent: 0)
            return
        }
        set(path.dropFirst(), to: value, below: start, indent: 0)
    }

    /// The value at a path, read from the text; nil when there is none, or when the text is no YAML.
    package func value(at path: [String]) -> ConfigurationValue? {
        var reading = YAMLReading(file: "")
        let members = reading.members(of: Array(text.utf8))
        var value = ConfigurationValue.mapping(members.map { .init($0.key, $0.value.value) })
        for name in path {
            guard let next = value[name] else { return nil }
            value = next
        }
        return value
    }

    /// Takes a key out, with all that is below it; nothing happens when there is none.
    package mutating func remove(_ path: [String]) {
        guard value(at: path) != nil, let name = path.last else { return }
        var start = 0
        var indent = 0
        for (depth, key) in path.enumerated() {
            let range = depth == 0 ? lines.indices : start + 1..<end(below: start, indent: indent)
            if depth > 0 {
                guard let first = range.first(where: { YAMLBlock.isContent(lines[$0]) }) else { break }
                indent = YAMLBlock.indent(of: lines[first])
            }
            guard let found = range.first(where: { YAMLBlock.key(of: lines[$0], indent: indent) == key }) else {
                // It stands in braces on a line above.
                let above = Array(path[..<depth])
                let rest = value(at: above)?.members?.filter { $0.key != path[depth] } ?? []
                return depth == path.count - 1 ? set(above, to: .mapping(rest)) : removeInline(path, name)
            }
            start = found
        }
        lines.removeSubrange(start..<end(below: start, indent: indent))
    }

    private mutating func removeInline(_ path: [String], _ name: String) {
        let above = Array(path.dropLast())
        set(above, to: .mapping(value(at: above)?.members?.filter { $0.key != name } ?? []))
    }

    private mutating func set(_ path: ArraySlice<String>, to value: ConfigurationValue, below parent: Int, indent: Int)
    {
        guard let name = path.first else { return }
        expand(parent, indent: indent)
        let range = parent + 1..<end(below: parent, indent: indent)
        let inner = range.first { YAMLBlock.isContent(lines[$0]) }.map { YAMLBlock.indent(of: lines[$0]) } ?? indent + 2
        let found = range.first { YAMLBlock.key(of: lines[$0], indent: inner) == name }
        guard let found else {
            let margin = String(repeating: " ", count: inner)
            let example = range.first { lines[$0].hasPrefix("\(margin)#\(name):") }
            lines.insert(
                contentsOf: YAMLBlock.lines(name, Self.nest(path.dropFirst(), value), indent: inner),
                at: example ?? range.upperBound)
            return
        }
        guard path.count == 1 else { return set(path.dropFirst(), to: value, below: found, indent: inner) }
        var new = YAMLBlock.lines(name, value, indent: inner)
        let end = end(below: found, indent: inner)
        if end == found + 1, new.count == 1, let comment = YAMLBlock.comment(of: lines[found]) { new[0] += comment }
        lines.replaceSubrange(found..<end, with: new)
    }

    /// Where the lines that belong to a key end: blank lines and comments further out belong to the next one.
    private func end(below parent: Int, indent: Int) -> Int {
        var end = parent + 1
        while end < lines.count {
            let line = lines[end]
            let isInside =
                line.allSatisfy(\.isWhitespace) || YAMLBlock.indent(of: line) > indent
                || !YAMLBlock.isContent(line)
                || (YAMLBlock.indent(of: line) == indent && line.dropFirst(indent).first == "-")
            guard isInside else { break }
            end += 1
        }
        while end > parent + 1, !YAMLBlock.isContent(lines[end - 1]), YAMLBlock.indent(of: lines[end - 1]) <= indent {
            end -= 1
        }
        return end
    }

    /// Writes a value that stands on the key's own line out in lines of its own.
    private mutating func expand(_ parent: Int, indent: Int) {
        let line = lines[parent]
        guard let key = YAMLBlock.key(of: line, indent: indent), YAMLBlock.hasInlineValue(line) else { return }
        var reading = YAMLReading(file: "")
        let end = end(below: parent, indent: indent)
        let text = lines[parent..<end].map { String($0.dropFirst(indent)) }.joined(separator: "\n")
        let value = reading.members(of: Array(text.utf8)).first?.value.value
        let members = value?.members ?? []
        lines.replaceSubrange(
            parent..<end,
            with: members.isEmpty
                ? [String(repeating: " ", count: indent) + "\(YAMLBlock.scalar(key)):"]
                : YAMLBlock.lines(key, .mapping(members), indent: indent))
    }

    private static func nest(_ path: ArraySlice<String>, _ value: ConfigurationValue) -> ConfigurationValue {
        guard let name = path.first else { return value }
        return .mapping([.init(name, nest(path.dropFirst(), value))])
    }
}
