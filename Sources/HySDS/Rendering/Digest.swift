internal import Crypto
internal import Kubernetes

/// Digests of what is rendered.
enum Digest {
    /// Of an object's JSON with sorted keys: equal objects give equal digests.
    static func spec(of object: KubernetesObject) -> String {
        hex(SHA256.hash(data: object.json.serialized()))
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// Bytes that only who holds the key can compute.
    static func keyed(_ text: some Sequence<UInt8>, key: some Sequence<UInt8>) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text), using: SymmetricKey(data: Array(key))))
    }
}
