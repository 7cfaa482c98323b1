/// Why a transfer failed, by libcurl's code and never by its text.
package struct TransferError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Nothing listens there, or no way leads there.
        case refused
        case dns
        case proxy
        /// The certificates don't fit, or the handshake broke.
        case tls
        case timeout
        /// The connection was there and broke: the server may or may not have acted.
        case reset
        case cancelled
        /// The answer is larger than the caller allowed.
        case tooLarge
        /// The other side doesn't speak HTTP as it should.
        case malformed
        /// The request can't be sent as it is: a bad URL, a line break in a header.
        case invalidRequest
    }

    package var kind: Kind
    /// Method and URL without query, user and password: `GET https://10.0.0.1:6443/version`.
    package var subject: String
    package var message: String

    package init(_ kind: Kind, _ subject: String, _ message: String) {
        self.kind = kind
        self.subject = subject
        self.message = message
    }

    static func cancelled(_ subject: String) -> TransferError {
        TransferError(.cancelled, subject, "cancelled")
    }
}

extension TransferError: CustomStringConvertible {
    package var description: String { "\(subject): \(message)" }
}
