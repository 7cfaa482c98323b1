/// Takes supervisord's values apart: words as a shell quotes them, and `NAME="value",…`.
enum ShellWords {
    /// The words of a command; nil when a quote isn't closed.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\" && quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return quote == nil && !isEscaped ? words : nil
    }

    /// `A="b",C=d` in the order of the text; nil for anything else.
    static func assignments(_ text: String) -> [(name: String, value: String)]? {
        var result: [(name: String, value: String)] = []
        var rest = text[...]
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "," }
            guard !rest.isEmpty else { return result }
            guard let mark = rest.firstIndex(of: "=") else { return nil }
            let name = String(rest[..<mark]).trimmed
            guard let first = name.first, first.isLetter || first == "_",
                name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
            else { return nil }
            rest = rest[rest.index(after: mark)...].drop { $0.isWhitespace }
            if let quote = rest.first, quote == "\"" || quote == "'" {
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: quote) else { return nil }
                result.append((name, String(rest[..<end])))
                rest = rest[end...].dropFirst()
                guard rest.first.map({ $0 == "," || $0.isWhitespace }) ?? true else { return nil }
            } else {
                let value = rest.prefix { $0 != "," }
                result.append((name, String(value).trimmed))
                rest = rest[value.endIndex...]
            }
        }
    }
}
