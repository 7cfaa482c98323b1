/// Values of the configuration from environment variables, for unattended use: `SDS_` and the key, dots and dashes as
/// underscores: `SDS_VENUE`, `SDS_KUBERNETES_INGRESS_HOST`.
package struct EnvironmentAnswers: Sendable {
    private static let prefix = "SDS_"
    /// Variables of the program itself that are no keys.
    private static let own: Set<String> = [
        "SDS_SHARE", "SDS_VERB", "SDS_COMPONENT", "SDS_COMPONENTS", "SDS_NAMESPACE", "SDS_OUTCOME", "SDS_HOOK",
        "SDS_CONTEXT", "SDS_CONFIG", "SDS_PHASE",
    ]

    /// Paths and texts, sorted by path.
    package let values: [(path: [String], text: String)]
    /// Variables that look like a key and are none.
    package let warnings: [HySDSError]

    /// - Parameter present: keys that the file has beside those that sds knows.
    package init(_ environment: [String: String], present: some Sequence<String>) {
        var paths: [String: [String]] = [:]
        for key in Set(KnownKey.all.keys).union(present) where key != "kubernetes" { paths[key.uppercased()] = [key] }
        for key in KubernetesSettings.keys where !key.contains(".NAME") {
            let path = key.split(separator: ".").map(String.init)
            paths[path.joined(separator: "_").replacing("-", with: "_").uppercased()] = path
        }
        var values: [(path: [String], text: String)] = []
        var warnings: [HySDSError] = []
        for (name, text) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(Self.prefix) && !Self.own.contains(name) {
            let key = String(name.dropFirst(Self.prefix.count))
            if let path = paths[key] {
                values.append((path, text))
            } else if let near = Spelling.nearest(to: key, among: paths.keys) {
                warnings.append(
                    HySDSError(
                        .configuration, "environment: \(name)", "no key that sds knows",
                        hint: "did you mean \(Self.prefix)\(near)"))
            }
        }
        self.values = values
        self.warnings = warnings
    }

    /// Puts the values into a text; what a key's form asks for is read from the variable's text.
    package func apply(to text: inout ConfigurationText) {
        for (path, word) in values { text.set(path, to: Self.value(word, of: path)) }
    }

    /// Numbers, truth values and lists where the key is one; a text everywhere else.
    static func value(_ word: String, of path: [String]) -> ConfigurationValue {
        if path.count == 1 {
            switch KnownKey.all[path[0]]?.form {
            case .integer, .boolean: return PlainScalar.resolve(word)
            case .list, .mapping, .addresses:
                var reading = YAMLReading(file: "")
                let value = reading.members(of: Array("value: \(word)\n".utf8)).first?.value.value
                return reading.errors.isEmpty ? value ?? .text(word) : .text(word)
            default: return .text(word)
            }
        }
        let value = PlainScalar.resolve(word)
        if case .bool = value { return value }
        if case .integer = value { return value }
        guard word.hasPrefix("[") || word.hasPrefix("{") else { return .text(word) }
        var reading = YAMLReading(file: "")
        return reading.members(of: Array("value: \(word)\n".utf8)).first?.value.value ?? .text(word)
    }
}
