/// The few forms of ASN.1's binary encoding that a certificate needs.
enum DER {
    static func sequence(_ parts: [UInt8]...) -> [UInt8] { tagged(0x30, parts.flatMap { $0 }) }
    static func set(_ parts: [UInt8]...) -> [UInt8] { tagged(0x31, parts.flatMap { $0 }) }
    static func octets(_ bytes: [UInt8]) -> [UInt8] { tagged(0x04, bytes) }
    static func bits(_ bytes: [UInt8]) -> [UInt8] { tagged(0x03, [0] + bytes) }
    static func text(_ string: String) -> [UInt8] { tagged(0x0C, Array(string.utf8)) }
    static func utcTime(_ digits: String) -> [UInt8] { tagged(0x17, Array(digits.utf8)) }
    static let yes: [UInt8] = [0x01, 0x01, 0xFF]

    /// A positive integer below 2^63.
    static func integer(_ value: UInt64) -> [UInt8] {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
        let shortest = Array(bytes.drop { $0 == 0 })
        let first = shortest.first ?? 0
        return tagged(0x02, first >= 0x80 || shortest.isEmpty ? [0] + shortest : shortest)
    }

    static func identifier(_ arcs: [UInt32]) -> [UInt8] {
        var bytes = [UInt8(arcs[0] * 40 + arcs[1])]
        for arc in arcs.dropFirst(2) {
            var groups = [UInt8(arc & 0x7F)]
            var rest = arc >> 7
            while rest > 0 {
                groups.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            bytes += groups
        }
        return tagged(0x06, bytes)
    }

    static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            switch count {
            case ..<0x80: [UInt8(count)]
            case ..<0x100: [0x81, UInt8(count)]
            default: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
            }
        return [tag] + length + content
    }
}
