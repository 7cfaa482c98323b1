/// Where an image lies in a bucket, in the form that HySDS' own storage library reads: `s3://ENDPOINT/BUCKET/KEY`.
package struct BucketAddress: Hashable, Sendable, CustomStringConvertible {
    /// `s3` or `s3s`.
    package var scheme: String
    /// Host, and port where it isn't the scheme's.
    package var endpoint: String
    package var bucket: String
    package var key: String

    package init(scheme: String = "s3", endpoint: String, bucket: String, key: String) {
        self.scheme = scheme
        self.endpoint = endpoint
        self.bucket = bucket
        self.key = key
    }

    /// Nil for anything else.
    ///
    /// - Parameter bucket: one whose name may stand where the endpoint does, as AWS's own tools write it.
    package init?(_ text: String, bucket known: String? = nil, endpoint ownEndpoint: String = "") {
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = String(text[..<mark.lowerBound])
        guard ["s3", "s3s"].contains(scheme) else { return nil }
        let parts = text[mark.upperBound...].split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count > 1, !parts.contains(where: \.isEmpty) else { return nil }
        if let known, parts[0] == known {
            self.init(
                scheme: scheme, endpoint: ownEndpoint, bucket: known, key: parts.dropFirst().joined(separator: "/"))
        } else {
            guard parts.count == 3 else { return nil }
            self.init(scheme: scheme, endpoint: parts[0], bucket: parts[1], key: parts[2])
        }
    }

    package var description: String { "\(scheme)://\(endpoint)/\(bucket)/\(key)" }
}
