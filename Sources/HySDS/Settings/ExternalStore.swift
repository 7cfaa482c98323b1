/// A store that somebody else runs.
package struct ExternalStore: Hashable, Sendable {
    /// A host name, an IP address, or a URL with a host.
    package var address: String
    package var port: Int?
    /// A Secret of the namespace with `user` and `password`.
    package var secret: String?
    /// The store is ours alone: `reset` may clear it.
    package var isExclusive: Bool
    package var usesTLS: Bool

    package init(
        address: String, port: Int? = nil, secret: String? = nil, isExclusive: Bool = false, usesTLS: Bool = false
    ) {
        self.address = address
        self.port = port
        self.secret = secret
        self.isExclusive = isExclusive
        self.usesTLS = usesTLS
    }

    package var isURL: Bool { address.contains("://") }

    /// The host alone: what a Service can point to.
    package var host: String {
        var rest = address[...]
        if let range = rest.firstRange(of: "://") { rest = rest[range.upperBound...] }
        rest = rest.prefix { $0 != "/" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if rest.first == "[" { return String(rest.dropFirst().prefix { $0 != "]" }) }
        // More than one colon is an IPv6 address without a port.
        return rest.count(where: { $0 == ":" }) == 1 ? String(rest.prefix { $0 != ":" }) : String(rest)
    }
}

/// What an external store's Secret holds, under the names that templates have for it.
package struct StoreCredentials: Hashable, Sendable {
    package var user: String?
    package var password: Secret<String>

    package init(user: String?, password: Secret<String>) {
        self.user = user
        self.password = password
    }

    /// The configuration's keys for the user and the password of each kind of store.
    static func keys(of store: String) -> (user: String?, password: String) {
        switch store {
        case "mozart-rabbitmq": ("MOZART_RABBIT_USER", "MOZART_RABBIT_PASSWORD")
        case "mozart-redis": (nil, "MOZART_REDIS_PASSWORD")
        case "metrics-redis": (nil, "METRICS_REDIS_PASSWORD")
        default: ("OS_USER", "OS_PASSWORD")
        }
    }
}
