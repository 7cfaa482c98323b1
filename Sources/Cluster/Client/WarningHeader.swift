/// A `Warning:` header as API servers send it: `299 - "policy/v1beta1 PodDisruptionBudget is deprecated"`.
enum WarningHeader {
    /// The texts in a header; several may stand in one, separated by commas.
    static func texts(in value: String) -> [String] {
        var texts: [String] = []
        var rest = value[...]
        while let open = rest.firstIndex(of: "\"") {
            var text = ""
            var index = rest.index(after: open)
            while index < rest.endIndex, rest[index] != "\"" {
                if rest[index] == "\\", rest.index(after: index) < rest.endIndex { index = rest.index(after: index) }
                text.append(rest[index])
                index = rest.index(after: index)
            }
            guard index < rest.endIndex else { break }
            if rest[..<open].contains("299") { texts.append(text) }
            rest = rest[rest.index(after: index)...]
        }
        return texts
    }
}
