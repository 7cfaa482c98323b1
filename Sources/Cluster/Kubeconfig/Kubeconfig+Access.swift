import Kubernetes

extension Kubeconfig {
    /// What a context comes to.
    /// - Throws: `ClusterError` naming file and key.
    package func access(context: String? = nil, namespace: String? = nil) throws(ClusterError) -> ClusterAccess {
        let (name, entry) = try chosenContext(context)
        guard let clusterName = try entry.text("cluster") else {
            throw entry.error("cluster", "the context names no cluster")
        }
        guard let cluster = clusters[clusterName] else {
            throw entry.error(
                "cluster", "there is no cluster \"\(clusterName)\"", hint: Self.list("there are", clusters.keys))
        }
        var user: ConfigEntry?
        if let userName = try entry.text("user") {
            guard let known = users[userName] else {
                throw entry.error("user", "there is no user \"\(userName)\"", hint: Self.list("there are", users.keys))
            }
            user = known
        }
        let server = try ServerEntry(cluster, note: warn)
        let login = try user.map { entry throws(ClusterError) in try UserEntry(entry, server: server, source: source) }
        try refuseOpenLogin(server, login)
        let ownNamespace = try entry.text("namespace")
        let nothing: ClusterAccess.CredentialSource = { _ in Credential() }
        return ClusterAccess(
            server: server.url(hasCertificate: login?.hasCertificate ?? false), trust: server.trust,
            serverName: server.serverName, proxy: server.proxy, isCompressed: server.isCompressed,
            impersonation: login?.impersonation, namespace: namespace ?? ownNamespace ?? "default",
            context: name, credential: login?.credential ?? nothing)
    }

    private func warn(_ text: String) { source.note(.warning(text)) }

    private func chosenContext(_ wanted: String?) throws(ClusterError) -> (String, ConfigEntry) {
        let place = files.isEmpty ? "kubeconfig" : files.joined(separator: ", ")
        guard let name = wanted ?? currentContext else {
            guard !contexts.isEmpty else {
                throw ClusterError(
                    .configuration, place, files.isEmpty ? "none found" : "it holds no context",
                    hint: "set KUBECONFIG, or kubernetes.kubeconfig and kubernetes.context in the configuration")
            }
            throw ClusterError(
                .configuration, "\(place): current-context", "no context is chosen",
                hint: Self.list("choose one of", contexts.keys))
        }
        guard let entry = contexts[name] else {
            throw ClusterError(
                .configuration, place, "there is no context \"\(name)\"", hint: Self.list("there are", contexts.keys))
        }
        return (name, entry)
    }

    /// A token or password on an open line is everyone's.
    private func refuseOpenLogin(_ server: ServerEntry, _ login: UserEntry?) throws(ClusterError) {
        guard server.isOpen(hasCertificate: login?.hasCertificate ?? false), !server.isLoopback, let login,
            login.hasSecret
        else { return }
        throw server.entry.error("server", "won't send a token or password over plain http", hint: "use https")
    }

    private static func list(_ words: String, _ names: some Collection<String>) -> String? {
        names.isEmpty ? nil : "\(words) \(names.sorted().prefix(10).joined(separator: ", "))"
    }
}
