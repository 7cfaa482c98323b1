internal import Transfer

/// Why a bucket didn't do what it was asked.
package struct S3Error: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The keys are wrong, or the account has no right to it.
        case denied
        case notFound
        /// No answer: DNS, TLS, refused, broken.
        case unreachable
        /// What arrived isn't what was sent.
        case mismatch
        case other
    }

    package let kind: Kind
    /// `s3://bucket/key`.
    package let subject: String
    package let message: String

    package init(_ kind: Kind, _ subject: String, _ message: String) {
        self.kind = kind
        self.subject = subject
        self.message = message
    }

    /// An answer other than 2xx: S3 says its reason in an XML body, but not for HEAD.
    init(_ response: TransferResponse, subject: String) {
        let text = String(decoding: response.body.prefix(8192), as: UTF8.self)
        let code = S3Error.element("Code", in: text)
        let words = [code, S3Error.element("Message", in: text)].compactMap(\.self).joined(separator: ": ")
        let kind: Kind =
            switch response.status {
            case 401, 403: .denied
            case 404: .notFound
            default: code == "BadDigest" ? .mismatch : .other
            }
        self.init(kind, subject, words.isEmpty ? "the server answered \(response.status)" : words)
    }

    init(_ error: TransferError, subject: String) {
        self.init(.unreachable, subject, error.message)
    }

    /// The text of the first element of that name; S3's answers have no attributes and no nesting that matters here.
    static func element(_ name: String, in text: String) -> String? {
        guard let start = text.range(of: "<\(name)>"), let end = text.range(of: "</\(name)>"),
            start.upperBound <= end.lowerBound
        else { return nil }
        let inner = String(text[start.upperBound..<end.lowerBound])
        return [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")].reduce(inner) {
            $0.replacing($1.0, with: $1.1)
        }
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}

extension S3Error: CustomStringConvertible {
    package var description: String { "\(subject): \(message)" }
}
