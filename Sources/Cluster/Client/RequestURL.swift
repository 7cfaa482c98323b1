internal import Kubernetes
internal import Transfer

extension APIRequest {
    /// The URL on a server, escaped.
    /// - Parameter root: The server's own URL; its path comes first.
    func url(on root: TransferURL) throws(TransferError) -> TransferURL {
        let base = root.display.hasSuffix("/") ? String(root.display.dropLast()) : root.display
        let query = query.map { "\($0.name.percentEncoded())=\($0.value.percentEncoded())" }
        return try TransferURL(
            base + path.percentEncoded(keeping: "/:@") + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
    }

    /// A text as one segment of a path: `/` is `%2F`, `:` is `%3A`.
    package static func segment(_ text: String) -> String { text.percentEncoded() }

    /// Reads, and writes that come to the same when done twice.
    var isIdempotent: Bool {
        method == .get || (method == .patch && contentType == "application/apply-patch+yaml")
    }
}
