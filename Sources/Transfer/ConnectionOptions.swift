/// How a server is reached and believed. Requests with equal options share connections.
package struct ConnectionOptions: Hashable, Sendable {
    package enum Trust: Hashable, Sendable {
        /// The machine's own bundle.
        case system
        /// Only these certificates, in PEM.
        case authorities([UInt8])
        /// No check at all.
        case insecure
    }

    /// Certificate (chain) and key in PEM.
    package struct Identity: Hashable, Sendable {
        package var certificate: [UInt8]
        package var key: [UInt8]

        package init(certificate: [UInt8], key: [UInt8]) {
            self.certificate = certificate
            self.key = key
        }
    }

    package enum Proxy: Hashable, Sendable {
        /// `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`; never for this machine itself.
        case environment
        case none
        /// `http://`, `https://` or `socks5://`, with user and password if need be.
        case url(String)
    }

    package var trust: Trust
    package var identity: Identity?
    /// The name that the server's certificate must carry, when it isn't the URL's host.
    package var serverName: String?
    package var proxy: Proxy
    package var connectTimeout: Duration

    package init(
        trust: Trust = .system, identity: Identity? = nil, serverName: String? = nil, proxy: Proxy = .environment,
        connectTimeout: Duration = .seconds(10)
    ) {
        self.trust = trust
        self.identity = identity
        self.serverName = serverName
        self.proxy = proxy
        self.connectTimeout = connectTimeout
    }
}

extension ConnectionOptions.Identity: CustomStringConvertible, CustomDebugStringConvertible {
    /// A key must not get into a log by way of a printed value.
    package var description: String { "certificate and key (not shown)" }
    package var debugDescription: String { description }
}
