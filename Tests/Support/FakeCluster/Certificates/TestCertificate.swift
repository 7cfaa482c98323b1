internal import Crypto
package import FoundationEssentials

/// A certificate that signs itself, made in memory: tests need no program and no files for it.
package struct TestCertificate: Sendable {
    /// PEM.
    package let certificate: [UInt8]
    package let key: [UInt8]

    /// Of `localhost` and 127.0.0.1, valid for a day.
    package static let valid = TestCertificate()

    /// - Parameters:
    ///   - names: The DNS names it is for.
    ///   - addresses: The IPv4 addresses it is for.
    package init(
        names: [String] = ["localhost"], addresses: [[UInt8]] = [[127, 0, 0, 1]],
        from start: Date = Date.now.addingTimeInterval(-3600), until end: Date = Date.now.addingTimeInterval(86_400)
    ) {
        let key = P256.Signing.PrivateKey()
        let name = DER.sequence(DER.set(DER.sequence(DER.identifier([2, 5, 4, 3]), DER.text("fake cluster"))))
        let algorithm = DER.sequence(DER.identifier([1, 2, 840, 10045, 4, 3, 2]))
        let alternatives =
            names.flatMap { DER.tagged(0x82, Array($0.utf8)) } + addresses.flatMap { DER.tagged(0x87, $0) }
        let extensions = DER.sequence(
            DER.sequence(DER.identifier([2, 5, 29, 19]), DER.yes, DER.octets(DER.sequence(DER.yes))),
            DER.sequence(DER.identifier([2, 5, 29, 17]), DER.octets(DER.sequence(alternatives))))
        let body = DER.sequence(
            DER.tagged(0xA0, DER.integer(2)), DER.integer(UInt64.random(in: 1...UInt64(Int64.max))), algorithm, name,
            DER.sequence(DER.utcTime(Self.digits(start)), DER.utcTime(Self.digits(end))), name,
            Array(key.publicKey.derRepresentation), DER.tagged(0xA3, extensions))
        guard let signature = try? key.signature(for: body) else {
            preconditionFailure("a fresh P-256 key signs anything")
        }
        let certificate = DER.sequence(body, algorithm, DER.bits(Array(signature.derRepresentation)))
        self.certificate = Self.pem("CERTIFICATE", certificate)
        self.key = Array(key.pemRepresentation.utf8)
    }

    /// `YYMMDDHHMMSSZ`.
    private static func digits(_ date: Date) -> String {
        date.formatted(.iso8601).dropFirst(2).filter { $0.isNumber } + "Z"
    }

    private static func pem(_ label: String, _ bytes: [UInt8]) -> [UInt8] {
        let text = Data(bytes).base64EncodedString(options: .lineLength64Characters)
        return Array("-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n".utf8)
    }
}
