import Kubernetes

/// The kubeconfig files of an operator, merged as kubectl merges them.
package struct Kubeconfig: Sendable {
    package private(set) var currentContext: String?
    private(set) var clusters: [String: ConfigEntry] = [:]
    private(set) var users: [String: ConfigEntry] = [:]
    private(set) var contexts: [String: ConfigEntry] = [:]
    /// The files that were read, first one first.
    package private(set) var files: [String] = []
    let source: KubeconfigSource

    package var contextNames: [String] { contexts.keys.sorted() }

    /// - Parameter file: Only this file, which must exist. Nil: the list in `KUBECONFIG`, else `~/.kube/config`; files of the
    ///   list that don't exist are passed over.
    /// - Throws: `ClusterError` for a file that isn't a kubeconfig.
    package static func load(file: String? = nil, from source: KubeconfigSource) throws(ClusterError) -> Kubeconfig {
        var config = Kubeconfig(source: source)
        if let file, !file.isEmpty {
            try config.merge(expand(file, home: source.home))
            return config
        }
        let listed = (source.environment["KUBECONFIG"] ?? "").split(separator: ":").map(String.init)
        let paths = listed.isEmpty ? ["\(source.home)/.kube/config"] : listed
        for path in paths where !config.files.contains(path) && ConfigFile.exists(path) { try config.merge(path) }
        if !listed.isEmpty && config.files.isEmpty {
            source.note(.warning("no file of KUBECONFIG exists: \(listed.joined(separator: ", "))"))
        }
        return config
    }

    private init(source: KubeconfigSource) {
        self.source = source
    }

    /// Whole entries of earlier files win.
    private mutating func merge(_ path: String) throws(ClusterError) {
        let file = try KubeconfigFile(parsing: try ConfigFile.bytes(path, subject: path), file: path)
        files.append(path)
        currentContext = currentContext ?? file.currentContext
        clusters.merge(file.clusters) { earlier, _ in earlier }
        users.merge(file.users) { earlier, _ in earlier }
        contexts.merge(file.contexts) { earlier, _ in earlier }
    }

    private static func expand(_ path: String, home: String) -> String {
        path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    var isEmpty: Bool { clusters.isEmpty && users.isEmpty && contexts.isEmpty }
}
