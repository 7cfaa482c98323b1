/// The filter `urlize`: makes links of the URLs and mail addresses in a text.
struct Urlizer {
    private let limit: Int?
    private let attributes: Text
    private let schemes: [Text]

    init(_ bound: Bound, _ runtime: Runtime) throws {
        func optional(_ place: Int) -> Value? { bound[place].flatMap { $0.isNone ? nil : $0 } }
        if optional(0) == nil { limit = nil } else { limit = try bound.int(0) }
        var relations: Set<Text> = ["noopener"]
        if let rel = optional(3), try runtime.isTrue(rel) { relations.formUnion(try bound.text(3).words()) }
        if try runtime.isTrue(bound.value(1, default: .null)) { relations.insert("nofollow") }
        var attributes = " rel=\"" + Markup.escape(Text.joined(relations.sorted(), by: " ")) + "\""
        if let target = optional(2), try runtime.isTrue(target) {
            attributes = attributes + " target=\"" + Markup.escape(try bound.text(2)) + "\""
        }
        self.attributes = attributes
        schemes =
            try optional(4).map { try runtime.items(of: $0) }?.map { value in
                guard let scheme = value.asText, URLPattern.isScheme(scheme) else {
                    throw Failure.value("a scheme should be like 'ftp:' or 'git://'")
                }
                return scheme
            } ?? []
    }

    /// `text` is escaped already.
    func urlize(_ text: Text) throws -> Text {
        var result = Text()
        var index = 0
        while index < text.count {
            let start = index
            let isSpace = text.scalars[index].isPythonSpace
            while index < text.count, text.scalars[index].isPythonSpace == isSpace { index += 1 }
            let word = Text(text.scalars[start..<index])
            result.append(isSpace ? word : link(word))
        }
        return result
    }

    private func link(_ word: Text) -> Text {
        var (head, middle, tail) = trimmed(word)
        for (open, close) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] as [(Text, Text)] {
            let opened = middle.occurrences(of: open, in: 0..<middle.count)
            guard opened > middle.occurrences(of: close, in: 0..<middle.count) else { continue }
            for _ in 0..<min(opened, tail.occurrences(of: close, in: 0..<tail.count)) {
                guard let place = tail.find(close) else { break }
                middle.append(Text(tail.scalars.prefix(place + close.count)))
                tail = Text(tail.scalars.dropFirst(place + close.count))
            }
        }
        return head + anchor(middle) + tail
    }

    private func trimmed(_ word: Text) -> (head: Text, middle: Text, tail: Text) {
        var start = 0
        while start < word.count {
            if word.scalars[start] == "(" || word.scalars[start] == "<" {
                start += 1
            } else if word.matches("&lt;", at: start) {
                start += 4
            } else {
                break
            }
        }
        var end = word.count
        while end > start {
            if ")>.,".unicodeScalars.contains(word.scalars[end - 1]) {
                end -= 1
            } else if end - 4 >= start, word.matches("&gt;", at: end - 4) {
                end -= 4
            } else {
                break
            }
        }
        return (
            Text(word.scalars[..<start]), Text(word.scalars[start..<end]), Text(word.scalars[end...])
        )
    }

    private func anchor(_ text: Text) -> Text {
        if URLPattern.isWebAddress(text) {
            let hasScheme = text.hasPrefix("https://") || text.hasPrefix("http://")
            return "<a href=\"" + (hasScheme ? text : "https://" + text) + "\"" + attributes + ">" + shortened(text)
                + "</a>"
        }
        if text.hasPrefix("mailto:") {
            let address = Text(text.scalars.dropFirst(7))
            if URLPattern.isMailAddress(address) { return "<a href=\"" + text + "\">" + address + "</a>" }
        }
        if text.scalars.contains("@"), !text.hasPrefix("www."), !text.hasPrefix("@"), !text.scalars.contains(":"),
            URLPattern.isMailAddress(text)
        {
            return "<a href=\"mailto:" + text + "\">" + text + "</a>"
        }
        var result = text
        for scheme in schemes where result != scheme && result.hasPrefix(scheme) {
            result = "<a href=\"" + result + "\"" + attributes + ">" + result + "</a>"
        }
        return result
    }

    private func shortened(_ text: Text) -> Text {
        guard let limit, text.count > limit else { return text }
        let kept =
            limit >= 0 ? text.scalars.prefix(limit) : text.scalars.dropLast(Int(min(UInt(text.count), limit.magnitude)))
        return Text(Array(kept)) + "..."
    }
}
