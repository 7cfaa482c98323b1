import Kubernetes

/// Looks at PEM text just enough to say what is wrong with it in a kubeconfig's terms.
enum PEM {
    static func certificates(_ bytes: [UInt8], _ entry: ConfigEntry, _ key: String) throws(ClusterError) -> [UInt8] {
        let bytes = cleaned(bytes)
        guard contains("-----BEGIN CERTIFICATE-----", bytes) || contains("-----BEGIN TRUSTED CERTIFICATE-----", bytes)
        else {
            throw entry.error(key, "holds no certificate in PEM form")
        }
        return bytes
    }

    static func key(_ bytes: [UInt8], _ entry: ConfigEntry, _ key: String) throws(ClusterError) -> [UInt8] {
        let bytes = cleaned(bytes)
        if contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", bytes) || contains("Proc-Type: 4,ENCRYPTED", bytes) {
            throw entry.error(
                key, "the key is encrypted", hint: "store it decrypted in a file with mode 0600, or use an exec plugin")
        }
        guard contains("PRIVATE KEY-----", bytes) else { throw entry.error(key, "holds no private key in PEM form") }
        return bytes
    }

    /// Without a byte order mark and with plain line ends.
    private static func cleaned(_ bytes: [UInt8]) -> [UInt8] {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        return body.filter { $0 != UInt8(ascii: "\r") }
    }

    private static func contains(_ words: String, _ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(words)
    }
}
