internal import Crypto
package import FoundationEssentials
internal import SwiftASN1
internal import X509

/// What a certificate says of itself, and whether a key or an authority belongs to it.
package struct CertificateFacts: Sendable {
    private let certificate: Certificate
    /// SHA-256 of the DER, 64 hexadecimal digits: what `openssl x509 -fingerprint -sha256` prints without colons.
    package let fingerprint: String
    /// DNS names in lower case, and IP addresses.
    package let names: [String]
    package let isAuthority: Bool

    package var notBefore: Date { certificate.notValidBefore }
    package var notAfter: Date { certificate.notValidAfter }
    package var subject: String { certificate.subject.description }
    package var issuer: String { certificate.issuer.description }

    /// - Parameter pem: the first certificate in it counts: a server's comes before its chain.
    /// - Throws: `CertificateError` when there is none.
    package init(pem: String) throws(CertificateError) {
        guard let first = try CertificateFacts.all(inPEM: pem).first else {
            throw CertificateError("expected a PEM certificate, found none")
        }
        self = first
    }

    private init(_ certificate: Certificate) throws {
        self.certificate = certificate
        var serializer = DER.Serializer()
        try certificate.serialize(into: &serializer)
        fingerprint = SHA256.hash(data: serializer.serializedBytes).map { byte in
            let text = String(byte, radix: 16)
            return text.count < 2 ? "0" + text : text
        }.joined()
        names = try certificate.extensions.subjectAlternativeNames?.compactMap(AlternativeName.text) ?? []
        if case .isCertificateAuthority = try certificate.extensions.basicConstraints {
            isAuthority = true
        } else {
            isAuthority = false
        }
    }

    /// Every certificate of a bundle, in its order; texts between them are skipped.
    package static func all(inPEM pem: String) throws(CertificateError) -> [CertificateFacts] {
        do {
            return try PEMDocument.parseMultiple(pemString: pem).filter { $0.discriminator == "CERTIFICATE" }
                .map { try CertificateFacts(try Certificate(pemDocument: $0)) }
        } catch {
            throw CertificateError("expected PEM certificates, found something else")
        }
    }

    /// - Throws: `CertificateError` when it is no PEM key of a known kind.
    package func matches(key pem: String) throws(CertificateError) -> Bool {
        // The first key counts: openssl writes parameters before an elliptic one.
        let document = (try? PEMDocument.parseMultiple(pemString: pem))?.first {
            $0.discriminator.hasSuffix("PRIVATE KEY")
        }
        guard let document, let key = try? Certificate.PrivateKey(pemDocument: document) else {
            throw CertificateError("expected a PEM private key, found something else")
        }
        return key.publicKey == certificate.publicKey
    }

    /// Whether its signature is this authority's.
    package func isIssued(by authority: CertificateFacts) -> Bool {
        authority.isAuthority && authority.certificate.subject == certificate.issuer
            && authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    }

    /// Whether a client that asks for this name accepts it: wildcards stand for one label.
    package func covers(_ name: String) -> Bool {
        let name = AlternativeName.address(name).flatMap(AlternativeName.text(of:)) ?? name.lowercased()
        if names.contains(name) { return true }
        guard let dot = name.firstIndex(of: ".") else { return false }
        return names.contains("*" + name[dot...])
    }

    /// Full days until it expires, rounded down; negative afterwards.
    package func days(from now: Date) -> Int {
        Int((notAfter.timeIntervalSince(now) / 86400).rounded(.down))
    }
}

extension CertificateFacts: Equatable {
    package static func == (one: CertificateFacts, other: CertificateFacts) -> Bool {
        one.fingerprint == other.fingerprint
    }
}
