internal import Crypto

/// A SHA-256 in lower-case hexadecimal: 64 characters.
package struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
    package let hex: String

    package init(of bytes: some Sequence<UInt8>) {
        var hash = SHA256()
        hash.update(data: Array(bytes))
        self.init(hash.finalize())
    }

    /// - Parameter hex: 64 digits that a record of ours says.
    init(hex: String) {
        self.hex = hex
    }

    init(_ digest: SHA256.Digest) {
        hex = digest.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    /// The digest as it stands in a label or an object's name: its first 16 characters.
    package var short: String { String(hex.prefix(16)) }
    package var description: String { hex }

    package init(from decoder: any Decoder) throws {
        hex = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
