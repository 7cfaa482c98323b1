internal import Crypto
package import FoundationEssentials
internal import SwiftASN1
internal import X509

/// A private certificate authority: its own certificate and key, and what it issues.
package struct Authority: Hashable, Sendable {
    package let issued: IssuedCertificate

    /// Takes an authority that was made before.
    ///
    /// - Throws: `CertificateError` when one of the two can't be read, or the key is another one's.
    package init(_ issued: IssuedCertificate) throws(CertificateError) {
        let facts = try CertificateFacts(pem: issued.certificate)
        guard try facts.matches(key: issued.key) else { throw CertificateError("the key is not the certificate's") }
        guard facts.isAuthority else { throw CertificateError("the certificate is not an authority's") }
        self.issued = issued
    }

    private init(made issued: IssuedCertificate) {
        self.issued = issued
    }

    /// A new authority with a P-256 key, valid from an hour before `now`: clocks of nodes may differ.
    package static func make(name: String, now: Date, days: Int) throws(CertificateError) -> Authority {
        do {
            let key = try KeyKind.p256.makeKey()
            let subject = try DistinguishedName { CommonName(name) }
            let certificate = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: key.publicKey,
                notValidBefore: now.addingTimeInterval(-3600), notValidAfter: now.addingTimeInterval(days.asDays),
                issuer: subject, subject: subject,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    SubjectKeyIdentifier(hash: key.publicKey)
                }, issuerPrivateKey: key)
            return Authority(
                made: IssuedCertificate(
                    certificate: try certificate.serializeAsPEM().pemString + "\n",
                    key: try key.serializeAsPEM().pemString + "\n"))
        } catch {
            throw CertificateError("no authority can be made: \(error)")
        }
    }

    /// A server's certificate, valid no longer than the authority itself.
    ///
    /// - Parameter names: DNS names and IP addresses; the first one is the subject too.
    package func issue(
        for names: [String], key kind: KeyKind, now: Date, days: Int
    ) throws(CertificateError) -> IssuedCertificate {
        guard let first = names.first else { throw CertificateError("a certificate needs a name") }
        do {
            let own = try Certificate(pemEncoded: issued.certificate)
            let ownKey = try Certificate.PrivateKey(pemEncoded: issued.key)
            let key = try kind.makeKey()
            let certificate = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: key.publicKey,
                notValidBefore: max(now.addingTimeInterval(-3600), own.notValidBefore),
                notValidAfter: min(now.addingTimeInterval(days.asDays), own.notValidAfter),
                // Longer than 64 characters no common name may be.
                issuer: own.subject, subject: try DistinguishedName { CommonName(String(first.prefix(64))) },
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true, keyEncipherment: kind == .rsa2048))
                    try ExtendedKeyUsage([.serverAuth])
                    SubjectAlternativeNames(names.map(AlternativeName.general))
                    SubjectKeyIdentifier(hash: key.publicKey)
                    try AuthorityKeyIdentifier(keyIdentifier: own.subjectKeyIdentifier)
                }, issuerPrivateKey: ownKey)
            return IssuedCertificate(
                certificate: try certificate.serializeAsPEM().pemString + "\n",
                key: try key.serializeAsPEM().pemString + "\n")
        } catch {
            throw CertificateError("no certificate can be issued for \(first): \(error)")
        }
    }
}

extension Int {
    /// Seconds.
    fileprivate var asDays: TimeInterval { TimeInterval(self) * 86400 }
}

extension Certificate {
    fileprivate var subjectKeyIdentifier: ArraySlice<UInt8>? {
        get throws { try extensions.subjectKeyIdentifier?.keyIdentifier }
    }
}
