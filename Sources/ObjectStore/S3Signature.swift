internal import Crypto
internal import FoundationEssentials

/// AWS Signature Version 4 for S3, as the service's API reference describes it.
struct S3Signature {
    let credentials: S3Credentials
    let region: String

    /// The headers of a signed request, `Authorization` included.
    ///
    /// - Parameters:
    ///   - path: escaped, as it stands in the request line.
    ///   - query: escaped pairs in the order of their names, joined by `&`.
    ///   - payload: the body's SHA-256, in hexadecimal.
    ///   - time: of the request; servers refuse one that is more than 15 minutes off.
    func headers(
        _ method: String, host: String, path: String, query: String, headers: [(String, String)], payload: String,
        time: Date
    ) -> [(String, String)] {
        let stamp = S3Signature.stamp(time)
        let day = String(stamp.prefix(8))
        var all = headers + [("host", host), ("x-amz-content-sha256", payload), ("x-amz-date", stamp)]
        if let token = credentials.sessionToken { all.append(("x-amz-security-token", token)) }
        all = all.map { ($0.0.lowercased(), $0.1) }.sorted { $0.0 < $1.0 }
        let names = all.map(\.0).joined(separator: ";")
        let canonical =
            [method, path, query].joined(separator: "\n") + "\n"
            + all.map { "\($0.0):\($0.1)\n" }.joined() + "\n" + names + "\n" + payload
        let scope = "\(day)/\(region)/s3/aws4_request"
        let toSign = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n" + SHA256.hash(data: Data(canonical.utf8)).hex
        var key = SymmetricKey(data: Data("AWS4\(credentials.secretKey)".utf8))
        for part in [day, region, "s3", "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key))
        }
        let signature = HMAC<SHA256>.authenticationCode(for: Data(toSign.utf8), using: key).hex
        all.append(
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope),SignedHeaders=\(names),"
                    + "Signature=\(signature)"
            ))
        return all.filter { $0.0 != "host" }
    }

    /// `20130524T000000Z`.
    static func stamp(_ time: Date) -> String {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted, timeZone: .gmt)
        return time.formatted(style)
    }
}

extension Sequence<UInt8> {
    var hex: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}
