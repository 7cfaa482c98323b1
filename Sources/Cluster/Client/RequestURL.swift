internal import Kubernetes
internal import Transfer

extension APIRequest {
    /// The URL on a server, escaped.
    /// - Parameter root: The server's own URL; its path comes first.
    func url(on root: TransferURL) throws(TransferError) -> TransferURL {
        let base = root.display.hasSuffix("/") ? String(root.display.dropLast()) : root.display
        let query = query.map { "\(Self.escaped($0.name, keeping: ""))=\(Self.escaped($0.value, keeping: ""))" }
        return try TransferURL(
            base + Self.escaped(path, keeping: "/:@") + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
    }

    /// Reads, and writes that come to the same when done twice.
    var isIdempotent: Bool {
        method == .get || (method == .patch && contentType == "application/apply-patch+yaml")
    }

    static func escaped(_ text: String, keeping kept: String) -> String {
        let kept = Set(kept.utf8)
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case _ where kept.contains(byte): result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}
