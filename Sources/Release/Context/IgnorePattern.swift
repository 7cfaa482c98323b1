/// One line of a `.containerignore` or `.dockerignore`: `*` and `?` within a name, `[a-z]`, `**` over any number of
/// folders, `!` takes a file in again. Names are compared as bytes of UTF-8.
struct IgnorePattern: Hashable, Sendable {
    /// One name of a path.
    typealias Part = [UInt8]

    let isException: Bool
    private let parts: [Part]
    /// The last part when no wildcard is in it: most paths are ruled out by it at once.
    private let lastName: Part?

    private static let anyFolders = Array("**".utf8)

    /// Nil for an empty line and a comment.
    init?(line: String) {
        var text = Substring(line)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
        isException = text.hasPrefix("!")
        if isException { text.removeFirst() }
        parts = text.split(separator: "/").filter { $0 != "." }.map { Array($0.utf8) }
        guard let last = parts.last else { return nil }
        lastName = last.contains { "*?[\\".utf8.contains($0) } ? nil : last
    }

    /// Whether the pattern names this path itself; what lies below a folder is the caller's to conclude.
    func matches(_ path: [Part]) -> Bool {
        if let lastName, let name = path.last, lastName != name { return false }
        return IgnorePattern.matches(parts[...], path[...])
    }

    /// Whether the pattern could name something below this folder: then an ignored folder must be walked all the same.
    func mayMatch(below folder: [Part]) -> Bool {
        var rest = parts[...]
        for name in folder {
            guard let first = rest.first else { return false }
            if first == IgnorePattern.anyFolders { return true }
            guard IgnorePattern.matches(first[...], name[...]) else { return false }
            rest.removeFirst()
        }
        return !rest.isEmpty
    }

    private static func matches(_ pattern: ArraySlice<Part>, _ path: ArraySlice<Part>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        if first == anyFolders {
            // At the end it stands for at least one name.
            if rest.isEmpty { return !path.isEmpty }
            return (path.startIndex...path.endIndex).contains { matches(rest, path[$0...]) }
        }
        guard let name = path.first, matches(first[...], name[...]) else { return false }
        return matches(rest, path.dropFirst())
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case UInt8(ascii: "*"):
            return (name.startIndex...name.endIndex).contains { matches(rest, name[$0...]) }
        case UInt8(ascii: "?"):
            return !name.isEmpty && matches(rest, afterCharacter(name))
        case UInt8(ascii: "["):
            guard let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "]")) else { break }
            guard let byte = name.first, set(rest[..<end], contains: byte) else { return false }
            return matches(pattern[(end + 1)...], name.dropFirst())
        case UInt8(ascii: "\\"):
            guard let literal = rest.first else { break }
            return name.first == literal && matches(rest.dropFirst(), name.dropFirst())
        default: break
        }
        return name.first == first && matches(rest, name.dropFirst())
    }

    private static func afterCharacter(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = name.dropFirst()
        while let next = rest.first, next & 0xC0 == 0x80 { rest.removeFirst() }
        return rest
    }

    private static func set(_ members: ArraySlice<UInt8>, contains byte: UInt8) -> Bool {
        var rest = members
        let isNegated = rest.first == UInt8(ascii: "^") || rest.first == UInt8(ascii: "!")
        if isNegated { rest.removeFirst() }
        var isMember = false
        while let first = rest.popFirst() {
            if rest.first == UInt8(ascii: "-"), let last = rest.dropFirst().first {
                rest.removeFirst(2)
                isMember = isMember || (first <= byte && byte <= last)
            } else {
                isMember = isMember || first == byte
            }
        }
        return isMember != isNegated
    }
}
