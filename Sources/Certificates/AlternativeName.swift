internal import SwiftASN1
internal import X509

/// Names of a server as certificates hold them: texts here, `GeneralName` there.
enum AlternativeName {
    static func general(_ text: String) -> GeneralName {
        if let bytes = address(text) { return .ipAddress(ASN1OctetString(contentBytes: bytes[...])) }
        return .dnsName(text)
    }

    /// Nil for kinds that no server is asked for.
    static func text(_ name: GeneralName) -> String? {
        switch name {
        case .dnsName(let name): name.lowercased()
        case .ipAddress(let address): text(of: Array(address.bytes))
        default: nil
        }
    }

    /// The bytes of an IP address; nil for a name.
    static func address(_ text: String) -> [UInt8]? {
        guard text.contains(":") else {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let bytes = parts.compactMap { UInt8($0) }
            return parts.count == 4 && bytes.count == 4 ? bytes : nil
        }
        return sixteen(text)
    }

    private static func sixteen(_ text: String) -> [UInt8]? {
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.split(separator: ":", omittingEmptySubsequences: false).filter { !$0.isEmpty } }
        let groups = halves.map { $0.compactMap { UInt16($0, radix: 16) } }
        guard zip(halves, groups).allSatisfy({ $0.count == $1.count }) else { return nil }
        let count = groups.reduce(0) { $0 + $1.count }
        guard text.contains("::") ? count < 8 : count == 8 else { return nil }
        let zeros = [UInt16](repeating: 0, count: 8 - count)
        let all = text.contains("::") ? groups[0] + zeros + (groups.count > 1 ? groups[1] : []) : groups[0]
        return all.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    }

    static func text(of address: [UInt8]) -> String? {
        switch address.count {
        case 4: return address.map(String.init).joined(separator: ".")
        case 16:
            return stride(from: 0, to: 16, by: 2)
                .map { String(UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]), radix: 16) }.joined(separator: ":")
        default: return nil
        }
    }
}
