/// HTML escaping and unescaping as the markupsafe package does it.
enum Markup {
    /// The text with `&`, `<`, `>` and quotes replaced; markup stays as it is.
    static func escape(_ text: Text) -> Text {
        if text.isMarkup { return text }
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for scalar in text.scalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            case "\"": result.append(contentsOf: "&#34;".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return Text(result, isMarkup: true)
    }

    /// The text without comments and tags, its whitespace single and its entities decoded.
    static func strippingTags(_ text: Text) -> Text {
        Entities.decode(Text.joined(removingTags(removingComments(text)).words(), by: " "))
    }

    /// What is left of a comment may form another one with what follows.
    private static func removingComments(_ text: Text) -> Text {
        let open: Text = "<!--"
        var kept = Text()
        var index = 0
        while index < text.count {
            kept.scalars.append(text.scalars[index])
            index += 1
            guard kept.hasSuffix(open) else { continue }
            if text.matches(">", at: index) {
                index += 1
            } else if text.matches("->", at: index) {
                index += 2
            } else if let end = text.find("-->", from: index) {
                index = end + 3
            } else {
                return kept + Text(text.scalars[index...])
            }
            kept.scalars.removeLast(open.count)
        }
        return kept
    }

    private static func removingTags(_ text: Text) -> Text {
        var kept = Text()
        var position = 0
        while let start = text.find("<", from: position), let end = text.find(">", from: start) {
            kept.append(Text(text.scalars[position..<start]))
            position = end + 1
        }
        return kept + Text(text.scalars[position...])
    }
}
