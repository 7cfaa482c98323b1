import Kubernetes

/// What a kubeconfig says of a user, turned into a source of credentials.
struct UserEntry: Sendable {
    let hasCertificate: Bool
    /// Whether something is sent that must not be seen.
    let hasSecret: Bool
    let impersonation: Impersonation?
    let credential: ClusterAccess.CredentialSource

    init(_ entry: ConfigEntry, server: ServerEntry, source: KubeconfigSource) throws(ClusterError) {
        impersonation = try Self.impersonation(entry)
        try Self.refuseAuthProvider(entry)
        let token = try Self.token(entry)
        let tokenFile = try entry.text("tokenFile").map { ConfigFile.resolve($0, besides: entry.file) }
        let basic = try Self.basic(entry)
        let certificate = try CertificateSource(entry, note: { source.note(.warning($0)) })
        let plugin = try entry.entry("exec").map { exec throws(ClusterError) in
            try ExecPlugin(exec, server: server, source: source)
        }
        hasCertificate = certificate != nil
        if basic != nil, token != nil || tokenFile != nil {
            throw entry.error("username", "can't stand beside a token: only one way to log in is allowed")
        }
        if let tokenFile {
            let file = TokenFile(path: tokenFile, subject: entry.subject("tokenFile"), fallback: token, now: source.now)
            hasSecret = true
            credential = { renew in
                Credential(
                    authorization: .bearer(try await file.token(renew: renew)),
                    certificate: try certificate?.load(renew: renew))
            }
        } else if token != nil || basic != nil {
            let authorization = token.map { Credential.Authorization.bearer($0) } ?? basic
            hasSecret = true
            credential = { renew in
                Credential(authorization: authorization, certificate: try certificate?.load(renew: renew))
            }
        } else if let plugin, certificate == nil {
            let cache = ExecCredentialCache(plugin)
            hasSecret = true
            credential = { renew in try await cache.credential(renew: renew) }
        } else {
            hasSecret = false
            credential = { renew in Credential(certificate: try certificate?.load(renew: renew)) }
        }
    }

    private static func token(_ entry: ConfigEntry) throws(ClusterError) -> String? {
        guard let token = try entry.text("token") else { return nil }
        guard BearerToken.isValid(token) else {
            throw entry.error("token", "holds a line break or a blank", hint: "remove it")
        }
        return token
    }

    private static func basic(_ entry: ConfigEntry) throws(ClusterError) -> Credential.Authorization? {
        let password = try entry.text("password")
        guard let user = try entry.text("username") else {
            if password != nil { throw entry.error("username", "missing beside the password") }
            return nil
        }
        return .basic(user: user, password: password ?? "")
    }

    private static func impersonation(_ entry: ConfigEntry) throws(ClusterError) -> Impersonation? {
        let (uid, groups) = (try entry.text("as-uid"), try entry.texts("as-groups"))
        var extra: [String: [String]] = [:]
        if let values = try entry.entry("as-user-extra") {
            for key in (values.json.object ?? [:]).keys { extra[key] = try values.texts(key) }
        }
        guard let user = try entry.text("as") else {
            guard uid == nil, groups.isEmpty, extra.isEmpty else {
                throw entry.error("as", "missing beside as-uid, as-groups or as-user-extra")
            }
            return nil
        }
        return Impersonation(user: user, uid: uid, groups: groups, extra: extra)
    }

    /// Built into kubectl until 1.26, replaced by exec plugins.
    private static func refuseAuthProvider(_ entry: ConfigEntry) throws(ClusterError) {
        guard let provider = try entry.entry("auth-provider") else { return }
        let name = try provider.text("name") ?? "?"
        let hint =
            switch name {
            case "gcp": "use the exec plugin gke-gcloud-auth-plugin"
            case "azure": "use the exec plugin kubelogin: kubelogin convert-kubeconfig"
            case "oidc": "use an exec plugin for OpenID Connect such as kubectl-oidc_login"
            default: "use an exec plugin"
            }
        throw entry.error("auth-provider", "the provider \(name) isn't supported any more", hint: hint)
    }
}
