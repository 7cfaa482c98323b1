extension Configuration {
    /// The same with a word for every secret: what templates give with it may be shown.
    ///
    /// A secret that a template's own text holds stays: the operator's templates may do that.
    package func masked(with word: String) -> Configuration {
        var copy = self
        for index in copy.entries.indices {
            let entry = copy.entries[index]
            copy.entries[index].value = Self.masked(entry.value, of: entry.key, with: word)
        }
        copy.kubernetes.front.users = kubernetes.front.users.mapValues { _ in Secret(word) }
        return copy
    }

    private static func masked(_ value: ConfigurationValue, of key: String, with word: String) -> ConfigurationValue {
        switch value {
        case .mapping(let members):
            .mapping(members.map { ConfigurationValue.Member($0.key, masked($0.value, of: $0.key, with: word)) })
        case .list(let elements): .list(elements.map { masked($0, of: key, with: word) })
        case .null: value
        default: KnownKey.isSecret(key) && value.text?.isEmpty == false ? .text(word) : value
        }
    }
}
