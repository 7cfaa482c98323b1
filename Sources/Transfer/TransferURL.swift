/// An `http` or `https` URL taken apart as far as a client needs it.
package struct TransferURL: Hashable, Sendable {
    package let isSecure: Bool
    /// A name or address; IPv6 in brackets, as it stands in the URL.
    package let host: String
    package let port: Int
    /// Path and query as they go into the request line: `/version?a=b`.
    package let target: String
    private let hasExplicitPort: Bool

    /// - Throws: `TransferError` of kind `invalidRequest`, which doesn't repeat the text: it may hold a password.
    package init(_ text: String) throws(TransferError) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", text.dropFirst(scheme.count).hasPrefix("://") else {
            throw Self.invalid("expected a URL that starts with https:// or http://")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Self.invalid("expected a URL without spaces, control and non-ASCII characters")
        }
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw Self.invalid("user and password don't belong into the URL") }
        (host, port, hasExplicitPort) = try Self.split(authority, standard: scheme == "https" ? 443 : 80)
        isSecure = scheme == "https"
        let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
        self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
    }

    /// Host and port as in a `Host` header.
    package var authority: String { hasExplicitPort ? "\(host):\(port)" : host }

    package var text: String { "\(isSecure ? "https" : "http")://\(authority)\(target)" }

    /// The URL without its query.
    package var display: String {
        "\(isSecure ? "https" : "http")://\(authority)\(target.prefix { $0 != "?" })"
    }

    var isLoopback: Bool {
        host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }

    private static func split(
        _ authority: Substring, standard: Int
    ) throws(TransferError) -> (host: String, port: Int, isExplicit: Bool) {
        let end: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { throw invalid("expected ] after an IPv6 address") }
            end = authority.index(after: bracket)
        } else {
            end = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let host = authority[..<end]
        guard !host.isEmpty, host != "[]" else { throw invalid("expected a host in the URL") }
        let tail = authority[end...]
        if tail.isEmpty { return (String(host), standard, false) }
        guard tail.hasPrefix(":"), let port = Int(tail.dropFirst()), (1...65535).contains(port) else {
            throw invalid("expected a port from 1 to 65535 after the host \(host)")
        }
        return (String(host), port, true)
    }

    private static func invalid(_ message: String) -> TransferError {
        TransferError(.invalidRequest, "URL", message)
    }
}
