extension LabelSelector {
    /// From the text of a request or a command line: `app=a,tier in (x,y),env!=dev,!legacy`.
    /// - Throws: `KubernetesError` for what isn't one.
    package init(parsing text: String) throws(KubernetesError) {
        self.init()
        for part in Self.parts(text) {
            guard !part.isEmpty, let requirement = Self.requirement(part) else {
                throw KubernetesError(
                    .invalidValue, "selector \"\(text)\"", "can't read \"\(part)\"",
                    hint: "expected key=value, key!=value, key in (a,b), key notin (a,b), key or !key")
            }
            requirements.append(requirement)
        }
    }

    /// Splits at commas outside of parentheses.
    private static func parts(_ text: String) -> [String] {
        if text.allSatisfy({ $0 == " " }) { return [] }
        var parts = [""]
        var isInside = false
        for character in text {
            if character == "(" { isInside = true }
            if character == ")" { isInside = false }
            if character == ",", !isInside {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.map(trimmed)
    }

    private static func requirement(_ part: String) -> Requirement? {
        if part.hasPrefix("!") {
            let key = trimmed(String(part.dropFirst()))
            return isKey(key) ? .isAbsent(key) : nil
        }
        if part.hasSuffix(")"), let open = part.firstIndex(of: "(") {
            let words = part[..<open].split(separator: " ")
            let values = part[part.index(after: open)...].dropLast().split(separator: ",").map { trimmed(String($0)) }
            guard words.count == 2, isKey(String(words[0])), values.allSatisfy(isValue) else { return nil }
            switch words[1] {
            case "in": return .isIn(String(words[0]), values)
            case "notin": return .isNotIn(String(words[0]), values)
            default: return nil
            }
        }
        guard let sign = part.firstIndex(of: "=") else { return isKey(part) ? .exists(part) : nil }
        let isNegated = part[..<sign].hasSuffix("!")
        let key = trimmed(String(part[..<sign].dropLast(isNegated ? 1 : 0)))
        let rest = part[part.index(after: sign)...]
        let value = trimmed(String(rest.hasPrefix("=") ? rest.dropFirst() : rest))
        guard isKey(key), isValue(value) else { return nil }
        return isNegated ? .isNotIn(key, [value]) : .equals(key, value)
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func isKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, !name.isEmpty, isValue(String(name)) else { return false }
        return parts.count == 1 || parts.count == 2 && ObjectName.isSubdomain(String(parts[0]))
    }

    /// Letters, digits, `-`, `_` and `.`, at most 63; may be empty.
    private static func isValue(_ text: String) -> Bool {
        text.utf8.count <= 63 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }
}
