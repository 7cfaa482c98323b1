import Kubernetes

/// A client certificate with its key, read again when the server refused it: files get replaced.
struct CertificateSource: Sendable {
    private let entry: ConfigEntry
    private let first: Credential.ClientCertificate

    /// Nil when the user has none.
    /// - Throws: `ClusterError` for one half alone.
    init?(_ entry: ConfigEntry, note: (String) -> Void) throws(ClusterError) {
        self.entry = entry
        guard let first = try Self.read(entry, note: note) else { return nil }
        self.first = first
    }

    func load(renew: Bool) throws(ClusterError) -> Credential.ClientCertificate {
        guard renew else { return first }
        return try Self.read(entry, note: { _ in }) ?? first
    }

    private static func read(
        _ entry: ConfigEntry, note: (String) -> Void
    ) throws(ClusterError) -> Credential.ClientCertificate? {
        let certificate = try entry.bytes("client-certificate", note: note)
        let key = try entry.bytes("client-key", note: note)
        switch (certificate, key) {
        case (nil, nil): return nil
        case (nil, _?): throw entry.error("client-certificate", "missing beside client-key")
        case (_?, nil): throw entry.error("client-key", "missing beside client-certificate")
        case (let certificate?, let key?):
            return Credential.ClientCertificate(
                certificate: try PEM.certificates(certificate, entry, "client-certificate"),
                key: try PEM.key(key, entry, "client-key"))
        }
    }
}
