import Kubernetes

/// One kubeconfig file as it stands.
struct KubeconfigFile: Sendable {
    let file: String
    var currentContext: String?
    var clusters: [String: ConfigEntry] = [:]
    var users: [String: ConfigEntry] = [:]
    var contexts: [String: ConfigEntry] = [:]

    /// - Throws: `ClusterError` for what isn't a kubeconfig, naming file, key and line.
    init(parsing bytes: [UInt8], file: String) throws(ClusterError) {
        self.file = file
        let json: JSONValue
        do throws(KubernetesError) {
            json = try Manifest.value(parsing: bytes, file: file)
        } catch {
            throw ClusterError(.configuration, error.subject, error.message, hint: error.hint)
        }
        if json.isNull { return }
        guard json.object != nil else {
            throw ClusterError(.configuration, file, "expected a kubeconfig with clusters, users and contexts")
        }
        let root = ConfigEntry(file: file, path: "kubeconfig", json: json)
        try Self.expect("v1", try root.text("apiVersion"), of: "apiVersion", in: file)
        try Self.expect("Config", try root.text("kind"), of: "kind", in: file)
        currentContext = try root.text("current-context")
        clusters = try Self.entries("clusters", of: "cluster", in: json, file: file)
        users = try Self.entries("users", of: "user", in: json, file: file)
        contexts = try Self.entries("contexts", of: "context", in: json, file: file)
    }

    private static func expect(
        _ expected: String, _ found: String?, of key: String, in file: String
    ) throws(ClusterError) {
        if let found, found != expected {
            throw ClusterError(
                .configuration, "\(file): \(key)", "expected \(expected), found \(found)", hint: "is it a kubeconfig?")
        }
    }

    private static func entries(
        _ list: String, of member: String, in json: JSONValue, file: String
    ) throws(ClusterError) -> [String: ConfigEntry] {
        guard let value = json[list], !value.isNull else { return [:] }
        guard let elements = value.array else {
            throw ClusterError(.configuration, "\(file): \(list)", "expected a list")
        }
        var entries: [String: ConfigEntry] = [:]
        for (index, element) in elements.enumerated() {
            guard let name = element["name"]?.string, !name.isEmpty else {
                throw ClusterError(.configuration, "\(file): \(list)[\(index)]", "expected a name")
            }
            let content = element[member] ?? [:]
            guard content.object != nil || content.isNull else {
                throw ClusterError(.configuration, "\(file): \(list)[\(name)].\(member)", "expected a mapping")
            }
            let entry = ConfigEntry(file: file, path: "\(list)[\(name)]", json: content.isNull ? [:] : content)
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw ClusterError(.configuration, "\(file): \(list)[\(name)]", "occurs twice")
            }
        }
        return entries
    }
}
