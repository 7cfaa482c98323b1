extension Configuration {
    /// Whether a key's value must not be shown.
    package static func isSecret(_ key: String) -> Bool { KnownKey.isSecret(key) }

    /// Every key that HySDS's templates, sdscli or sds know, sorted.
    package static let knownKeys: [String] = KnownKey.all.keys.sorted()
}

/// Finds what somebody meant to write.
package enum Names {
    /// `did you mean update`, or the list of what there is.
    package static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        Spelling.hint(for: word, among: candidates)
    }

    /// The candidate that is nearest to a word; nil when none is near.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        Spelling.nearest(to: word, among: candidates)
    }
}
