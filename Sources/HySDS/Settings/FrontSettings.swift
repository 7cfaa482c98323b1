/// Who may come in through the front.
package struct FrontSettings: Hashable, Sendable {
    package enum Authentication: String, Hashable, Sendable, CaseIterable {
        /// One user and password at the front itself (`OPS_USER`, `FRONT_PASSWORD`).
        case basic
        /// A service that answers nginx's `auth_request`, such as oauth2-proxy, at `auth-url`.
        case url
        /// No authentication. mozart and grq2 have none of their own: whoever reaches the front commands the cluster.
        case open = "none-i-know-it-is-open"
    }

    package var authentication: Authentication?
    package var authenticationURL: String?
    /// More users of `basic`, name to password.
    package var users: [String: Secret<String>] = [:]
    /// How the front is reached when there is no ingress.
    package var serviceType: String?
    package var serviceAnnotations: [String: String] = [:]

    package init() {}
}

/// The way from outside to the front.
package struct IngressSettings: Hashable, Sendable {
    package var isEnabled = false
    package var className: String?
    package var host: String?
    /// A Secret of type kubernetes.io/tls in the namespace.
    package var tlsSecret: String?
    package var annotations: [String: String] = [:]

    package init() {}
}
