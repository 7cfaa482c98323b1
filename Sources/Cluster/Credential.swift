/// What a client shows to be let in. Printing it shows nothing.
package struct Credential: Hashable, Sendable {
    package enum Authorization: Hashable, Sendable {
        case bearer(String)
        case basic(user: String, password: String)
    }

    /// Certificate (chain) and key in PEM.
    package struct ClientCertificate: Hashable, Sendable {
        package var certificate: [UInt8]
        package var key: [UInt8]

        package init(certificate: [UInt8], key: [UInt8]) {
            self.certificate = certificate
            self.key = key
        }
    }

    package var authorization: Authorization?
    package var certificate: ClientCertificate?

    package init(authorization: Authorization? = nil, certificate: ClientCertificate? = nil) {
        self.authorization = authorization
        self.certificate = certificate
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        let kinds = [
            authorization.map { if case .bearer = $0 { "token" } else { "user and password" } },
            certificate.map { _ in "client certificate" },
        ].compactMap(\.self)
        return kinds.isEmpty ? "no credential" : kinds.joined(separator: " and ")
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
