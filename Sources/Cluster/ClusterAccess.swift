/// Where a cluster's API server is, whom to believe there, and as whom to speak: what a kubeconfig comes to.
package struct ClusterAccess: Sendable {
    package enum Trust: Hashable, Sendable {
        /// The machine's own certificate bundle.
        case system
        /// Only these certificates, in PEM (`certificate-authority`).
        case authorities(pem: [UInt8])
        /// No check at all (`insecure-skip-tls-verify`).
        case insecure
    }

    package enum Proxy: Hashable, Sendable {
        /// `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`: what a kubeconfig without `proxy-url` means.
        case environment
        case none
        /// `http://`, `https://` or `socks5://`; it may hold a password, so it is never shown.
        case url(String)
    }

    /// Gives what to log in with; asked for each request, so it keeps what it may keep.
    ///
    /// `renew` is true after the server refused the last answer with 401: then a kept one is worth nothing.
    package typealias CredentialSource = @Sendable (_ renew: Bool) async throws -> Credential

    /// `https://10.0.0.1:6443`; a path behind it comes before every request's own.
    package var server: String
    package var trust: Trust
    /// The name in the server's certificate where it isn't the URL's host (`tls-server-name`).
    package var serverName: String?
    package var proxy: Proxy
    /// Replies may come compressed (not `disable-compression`).
    package var isCompressed: Bool
    package var credential: CredentialSource
    package var impersonation: Impersonation?
    /// The namespace of requests that name none.
    package var namespace: String
    /// The context's name, for messages.
    package var context: String?

    package init(
        server: String, trust: Trust = .system, serverName: String? = nil, proxy: Proxy = .environment,
        isCompressed: Bool = true, impersonation: Impersonation? = nil, namespace: String = "default",
        context: String? = nil, credential: @escaping CredentialSource = { _ in Credential() }
    ) {
        self.server = server
        self.trust = trust
        self.serverName = serverName
        self.proxy = proxy
        self.isCompressed = isCompressed
        self.credential = credential
        self.impersonation = impersonation
        self.namespace = namespace
        self.context = context
    }
}

/// Whom to act as, where the own rights allow it (`as`, `as-uid`, `as-groups`, `as-user-extra`).
package struct Impersonation: Hashable, Sendable {
    package var user: String
    package var uid: String?
    package var groups: [String]
    package var extra: [String: [String]]

    package init(user: String, uid: String? = nil, groups: [String] = [], extra: [String: [String]] = [:]) {
        self.user = user
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }
}
