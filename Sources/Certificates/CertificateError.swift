/// What is wrong with a certificate or key, in words that hold nothing of the key.
package struct CertificateError: Error, Equatable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
