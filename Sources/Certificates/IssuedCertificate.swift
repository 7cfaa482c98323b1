/// A certificate with its private key, both PEM.
package struct IssuedCertificate: Hashable, Sendable {
    package let certificate: String
    /// PKCS#8 or PKCS#1; must not reach anything but a Secret.
    package let key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

extension IssuedCertificate: CustomStringConvertible, CustomReflectable {
    package var description: String { "certificate with a key [redacted]" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
