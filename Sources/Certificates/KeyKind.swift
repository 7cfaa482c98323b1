internal import Crypto
internal import X509
internal import _CryptoExtras

/// The kinds of keys that certificates of servers get.
package enum KeyKind: String, Hashable, Sendable, CaseIterable, Codable {
    case p256
    /// For servers whose clients may be held to ciphers with RSA, as HySDS's `CIPHERS` does.
    case rsa2048

    func makeKey() throws -> Certificate.PrivateKey {
        switch self {
        case .p256: Certificate.PrivateKey(P256.Signing.PrivateKey())
        case .rsa2048: Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits2048))
        }
    }
}
