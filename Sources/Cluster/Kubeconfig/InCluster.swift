import Kubernetes

/// The cluster that this program itself runs in, as every pod finds it.
struct InCluster: Sendable {
    private let host: String
    private let port: String
    private let source: KubeconfigSource

    /// Nil outside of a pod.
    init?(_ source: KubeconfigSource) {
        guard let host = source.environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = source.environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty,
            ConfigFile.exists("\(source.serviceAccountFolder)/token")
        else { return nil }
        self.host = host.contains(":") ? "[\(host)]" : host
        self.port = port
        self.source = source
    }

    func access(namespace: String?) throws(ClusterError) -> ClusterAccess {
        let folder = source.serviceAccountFolder
        let authorities = "\(folder)/ca.crt"
        let trust: ClusterAccess.Trust =
            ConfigFile.exists(authorities)
            ? .authorities(pem: try ConfigFile.bytes(authorities, subject: authorities)) : .system
        let file = TokenFile(path: "\(folder)/token", subject: "\(folder)/token", now: source.now)
        return ClusterAccess(
            server: "https://\(host):\(port)", trust: trust, namespace: try chosen(namespace), context: nil,
            credential: { renew in Credential(authorization: .bearer(try await file.token(renew: renew))) })
    }

    private func chosen(_ namespace: String?) throws(ClusterError) -> String {
        if let namespace { return namespace }
        let path = "\(source.serviceAccountFolder)/namespace"
        guard ConfigFile.exists(path) else { return "default" }
        let name = BearerToken.trimmed(String(decoding: try ConfigFile.bytes(path, subject: path), as: UTF8.self))
        return name.isEmpty ? "default" : name
    }
}
