/// One certificate as `status` and `certificates` tell it.
package struct CertificateLine: Sendable, Encodable, Equatable {
    package enum State: String, Sendable, Encodable {
        case good
        /// It expires within 30 days.
        case expiring
        /// Clients refuse it, or there is none.
        case bad
    }

    /// Who presents it; nil for the authority's own.
    package var workload: String?
    package var secret: String
    /// Whose it is to renew: sds, given, cert-manager.
    package var source: String
    package var state: State
    /// ISO 8601, UTC; nil when there is none that can be read.
    package var expires: String?
    /// Full days until then, negative afterwards.
    package var days: Int?
    /// SHA-256, 64 hexadecimal digits.
    package var fingerprint: String?
    /// What is wrong, by the Secret's key: `tls.key is not the key of tls.crt`.
    package var problems: [String]
    /// What to do about it.
    package var advice: String?
}
