/// How to see that a workload presents a certificate.
package struct RenewedCertificate: Equatable, Sendable {
    /// SHA-256 of the certificate, 64 hexadecimal digits.
    package let fingerprint: String
    package let port: Int
}
