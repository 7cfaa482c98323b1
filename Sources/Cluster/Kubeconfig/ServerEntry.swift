import Kubernetes

/// What a kubeconfig says of a cluster.
struct ServerEntry: Sendable {
    let entry: ConfigEntry
    let server: String
    let trust: ClusterAccess.Trust
    let authorities: [UInt8]?
    let serverName: String?
    let proxy: ClusterAccess.Proxy
    let isCompressed: Bool

    init(_ entry: ConfigEntry, note: (String) -> Void) throws(ClusterError) {
        self.entry = entry
        guard let server = try entry.text("server") else {
            throw entry.error("server", "missing", hint: "expected https://HOST:PORT")
        }
        self.server = try Self.checked(server, entry)
        serverName = try entry.text("tls-server-name")
        isCompressed = try !entry.flag("disable-compression")
        proxy = try Self.proxy(entry)
        authorities = try entry.bytes("certificate-authority", note: note)
        if try entry.flag("insecure-skip-tls-verify") {
            guard authorities == nil else {
                throw entry.error("insecure-skip-tls-verify", "can't be true beside a certificate-authority")
            }
            note("the server's certificate isn't checked: insecure-skip-tls-verify is set in \(entry.file)")
            trust = .insecure
        } else if let authorities {
            trust = .authorities(pem: try PEM.certificates(authorities, entry, "certificate-authority"))
        } else {
            trust = .system
        }
    }

    private static func checked(_ server: String, _ entry: ConfigEntry) throws(ClusterError) -> String {
        let rest = server.firstRange(of: "://").map { server[$0.upperBound...] } ?? server[...]
        let scheme = server.firstRange(of: "://").map { server[..<$0.lowerBound].lowercased() } ?? "https"
        guard scheme == "https" || scheme == "http", !rest.isEmpty, !rest.hasPrefix("/"),
            !server.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F || $0 == "?" || $0 == "#" })
        else { throw entry.error("server", "expected https://HOST:PORT, found \(server)") }
        guard !rest.prefix(while: { $0 != "/" }).contains("@") else {
            throw entry.error("server", "can't hold a user or password", hint: "put them under users")
        }
        return server.hasSuffix("/") ? String(server.dropLast()) : server
    }

    private static func proxy(_ entry: ConfigEntry) throws(ClusterError) -> ClusterAccess.Proxy {
        guard let url = try entry.text("proxy-url") else { return .environment }
        let scheme = url.firstRange(of: "://").map { url[..<$0.lowerBound].lowercased() } ?? ""
        guard ["http", "https", "socks5"].contains(scheme), !url.hasSuffix("://") else {
            // The URL may hold a password, so only its scheme is shown.
            throw entry.error("proxy-url", "expected http://, https:// or socks5://, found \"\(scheme)\"")
        }
        return .url(url)
    }

    /// Without a scheme it is https as soon as anything about TLS is said, as for kubectl.
    func url(hasCertificate: Bool) -> String {
        if server.contains("://") { return server }
        let isSecure = trust != .system || hasCertificate
        return "\(isSecure ? "https" : "http")://\(server)"
    }

    func isOpen(hasCertificate: Bool) -> Bool { url(hasCertificate: hasCertificate).lowercased().hasPrefix("http://") }

    var isLoopback: Bool {
        let rest = server.firstRange(of: "://").map { server[$0.upperBound...] } ?? server[...]
        let host = rest.prefix { $0 != "/" }
        return ["localhost", "127.", "[::1]"].contains { host.lowercased().hasPrefix($0) }
    }
}
