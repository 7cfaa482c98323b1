/// `~/.sds/config` with the defaults below it: what templates see, and what the section `kubernetes:` sets.
package struct Configuration: Sendable {
    /// One key, in the order of the file; keys that only defaults have come last.
    package struct Entry: Hashable, Sendable {
        package var key: String
        package var value: ConfigurationValue
        /// Where it was set: `config:12`.
        package var place: String
        package var isDefault: Bool
    }

    package let file: String
    package internal(set) var entries: [Entry]
    package internal(set) var kubernetes: KubernetesSettings
    package internal(set) var queues: [Queue]
    /// What works but is hardly meant, in the order of the file.
    package internal(set) var warnings: [HySDSError]

    package subscript(key: String) -> ConfigurationValue? {
        entries.first { $0.key == key }?.value
    }

    /// A scalar as templates print it; nil when missing, blank or no scalar.
    package func text(_ key: String) -> String? {
        guard let text = self[key]?.text, !text.isEmpty else { return nil }
        return text
    }

    /// The name of the installation, in bundle names and in the namespace's marker.
    package var venue: String { text("VENUE") ?? "ops" }

    /// Secrets that are neither set nor made yet: Operations makes them once and keeps them in the cluster.
    ///
    /// A password of a store that somebody else runs isn't ours to make.
    package var missingSecrets: [GeneratedSecret] {
        GeneratedSecret.all.filter { secret in
            text(secret.name) == nil && !(secret.store.map { kubernetes.external[$0] != nil } ?? false)
        }
    }

    /// The configuration with secrets that the cluster keeps; what the operator set stays.
    package func adding(secrets: [String: Secret<String>]) -> Configuration {
        var copy = self
        for secret in missingSecrets {
            guard let value = secrets[secret.name] else { continue }
            copy.set(secret.name, .text(value.revealed), place: "the cluster's generated secrets")
        }
        return copy
    }

    /// The Secrets of external stores that Operations has to read before it renders, by store.
    package var externalSecrets: [String: String] {
        kubernetes.external.compactMapValues(\.secret)
    }

    /// The configuration with what those Secrets hold.
    package func adding(credentials: [String: StoreCredentials]) -> Configuration {
        var copy = self
        for (store, credentials) in credentials.sorted(by: { $0.key < $1.key }) {
            let keys = StoreCredentials.keys(of: store)
            let place = "the Secret of \(store)"
            if let key = keys.user, let user = credentials.user { copy.set(key, .text(user), place: place) }
            copy.set(keys.password, .text(credentials.password.revealed), place: place)
        }
        return copy
    }

    private mutating func set(_ key: String, _ value: ConfigurationValue, place: String) {
        let entry = Entry(key: key, value: value, place: place, isDefault: true)
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
    }

    /// Every text that must not be shown: the values of secret keys at any depth.
    package var secretTexts: Set<String> {
        var texts: Set<String> = []
        func collect(_ key: String, _ value: ConfigurationValue) {
            switch value {
            case .mapping(let members): members.forEach { collect($0.key, $0.value) }
            case .list(let elements): elements.forEach { collect(key, $0) }
            default:
                if KnownKey.isSecret(key) || GeneratedSecret.all.contains(where: { $0.name == key }),
                    let text = value.text, text.count > 3
                {
                    texts.insert(text)
                }
            }
        }
        entries.forEach { collect($0.key, $0.value) }
        kubernetes.front.users.values.forEach { texts.insert($0.revealed) }
        return texts
    }
}

extension Configuration: CustomStringConvertible, CustomReflectable {
    /// Keys only: any value may be somebody's password.
    package var description: String { "\(file): \(entries.map(\.key).joined(separator: " "))" }
    package var customMirror: Mirror { Mirror(self, children: ["entries": entries.map(\.key)]) }
}
