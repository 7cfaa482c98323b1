/// Jinja2's patterns of web and mail addresses.
enum URLPattern {
    private static let knownDomains: [Text] = ["com", "net", "int", "edu", "gov", "org", "info", "mil"]

    /// Scheme and host, then a port, then a path.
    static func isWebAddress(_ text: Text) -> Bool {
        let lower = text.lowercased.scalars
        guard lower.count == text.count else { return false }
        return hostEnds(lower).contains { isRest(lower, from: $0) }
    }

    static func isMailAddress(_ text: Text) -> Bool {
        // \S+@\w[\w.-]*\.\w+, at any @
        for place in text.scalars.indices where text.scalars[place] == "@" && place > 0 {
            let domain = text.scalars[(place + 1)...]
            guard let first = domain.first, first.isWord, let dot = domain.lastIndex(of: "."), dot > domain.startIndex
            else { continue }
            let top = domain[(dot + 1)...]
            let isDomain = domain[..<dot].allSatisfy { $0.isWord || $0 == "." || $0 == "-" }
            if isDomain, !top.isEmpty, top.allSatisfy(\.isWord) { return true }
        }
        return false
    }

    static func isScheme(_ text: Text) -> Bool {
        guard let colon = text.scalars.firstIndex(of: ":"), colon >= 2 else { return false }
        let name = text.scalars[..<colon]
        let slashes = text.scalars[(colon + 1)...]
        return name.allSatisfy { $0.isWord || ".+-".unicodeScalars.contains($0) } && slashes.count <= 2
            && slashes.allSatisfy { $0 == "/" }
    }

    /// A port and a path may follow the host.
    private static func isRest(_ text: [Unicode.Scalar], from start: Int) -> Bool {
        func isPath(_ index: Int) -> Bool {
            index == text.count || "/?#".unicodeScalars.contains(text[index])
        }
        if isPath(start) { return true }
        guard text[start] == ":" else { return false }
        var end = start + 1
        while end < text.count, end < start + 6, text[end].isPythonDecimal { end += 1 }
        return end > start + 1 && isPath(end)
    }

    /// Where the host may end; several places are possible before a path.
    private static func hostEnds(_ text: [Unicode.Scalar]) -> [Int] {
        let whole = Text(text)
        var ends: [Int] = []
        let prefix = whole.hasPrefix("https://") ? 8 : whole.hasPrefix("http://") ? 7 : whole.hasPrefix("www.") ? 4 : 0
        if prefix > 0 { ends += domainEnds(text, prefix) }
        if prefix >= 7 { ends += addressEnds(text, prefix) }
        return ends + knownDomainEnds(text)
    }

    private static func isLabel(_ scalar: Unicode.Scalar) -> Bool { scalar.isWord || scalar == "%" || scalar == "-" }

    /// `(label.)* tld` or `xn--tld`.
    private static func domainEnds(_ text: [Unicode.Scalar], _ start: Int) -> [Int] {
        var ends: [Int] = []
        var label = start
        while true {
            var end = label
            while end < text.count, "a" <= text[end], text[end] <= "z" { end += 1 }
            ends += (label + 2..<max(label + 2, min(end, label + 63) + 1)).map { $0 }
            if Text(text).matches("xn--", at: label) {
                var idna = label + 4
                while idna < text.count, idna < label + 63, text[idna].isWord || text[idna] == "%" { idna += 1 }
                if idna >= label + 6 { ends += (label + 6...idna).map { $0 } }
            }
            var next = label
            while next < text.count, isLabel(text[next]) { next += 1 }
            guard next > label, next < text.count, text[next] == "." else { return ends }
            label = next + 1
        }
    }

    /// `(label.)+ com` and the like, without a scheme.
    private static func knownDomainEnds(_ text: [Unicode.Scalar]) -> [Int] {
        var ends: [Int] = []
        var label = 0
        while true {
            var next = label
            while next < text.count, isLabel(text[next]) { next += 1 }
            guard (2...63).contains(next - label), next < text.count, text[next] == "." else { return ends }
            label = next + 1
            ends += knownDomains.filter { Text(text).matches($0, at: label) }.map { label + $0.count }
        }
    }

    private static func addressEnds(_ text: [Unicode.Scalar], _ start: Int) -> [Int] {
        if start < text.count, text[start] == "[" {
            guard let close = text[start...].firstIndex(of: "]") else { return [] }
            let groups = text[(start + 1)..<close]
            let colons = groups.count { $0 == ":" }
            let isValid = groups.allSatisfy { $0 == ":" || $0.properties.isASCIIHexDigit }
            let longest = groups.split(separator: ":").map(\.count).max() ?? 0
            return isValid && colons >= 2 && longest <= 4 && colons <= 8 ? [close + 1] : []
        }
        var end = start
        for part in 0..<4 {
            if part > 0 {
                guard end < text.count, text[end] == "." else { return [] }
                end += 1
            }
            let first = end
            while end < text.count, end < first + 3, text[end].isPythonDecimal { end += 1 }
            if end == first { return [] }
        }
        return [end]
    }
}
