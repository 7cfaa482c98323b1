/// Names that Kubernetes accepts (RFC 1123 labels), made of names that it doesn't.
enum DNSName {
    /// A label made of any text: lower case, everything else a dash; nil when nothing is left.
    /// Two texts can give one label: whoever names objects with it checks.
    static func label(from text: String) -> String? {
        var label = ""
        for scalar in text.lowercased().unicodeScalars {
            let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
            if isPlain {
                label.unicodeScalars.append(scalar)
            } else if !label.isEmpty && !label.hasSuffix("-") {
                label += "-"
            }
        }
        label = String(label.prefix(63))
        while label.hasSuffix("-") { label.removeLast() }
        return label.isEmpty ? nil : label
    }
}
