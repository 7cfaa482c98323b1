internal import FoundationEssentials
internal import Kubernetes
internal import Transfer

/// The header fields of a request to the API server.
enum RequestHeaders {
    static func fields(
        _ request: APIRequest, _ credential: Credential, _ impersonation: Impersonation?, _ userAgent: String
    ) -> HeaderFields {
        var fields = HeaderFields([("User-Agent", userAgent), ("Accept", request.accept)])
        if let type = request.contentType { fields.append("Content-Type", type) }
        switch credential.authorization {
        case .bearer(let token): fields.append("Authorization", "Bearer \(token)")
        case .basic(let user, let password):
            fields.append("Authorization", "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())")
        case nil: break
        }
        guard let impersonation else { return fields }
        fields.append("Impersonate-User", impersonation.user)
        if let uid = impersonation.uid { fields.append("Impersonate-Uid", uid) }
        for group in impersonation.groups { fields.append("Impersonate-Group", group) }
        for (key, values) in impersonation.extra.sorted(by: { $0.key < $1.key }) {
            let name = "Impersonate-Extra-\(key.lowercased().percentEncoded())"
            for value in values { fields.append(name, value) }
        }
        return fields
    }
}

extension ConnectionOptions {
    init(_ access: ClusterAccess, _ credential: Credential, connectTimeout: Duration) {
        let trust: Trust =
            switch access.trust {
            case .system: .system
            case .authorities(let pem): .authorities(pem)
            case .insecure: .insecure
            }
        let proxy: Proxy =
            switch access.proxy {
            case .environment: .environment
            case .none: .none
            case .url(let url): .url(url)
            }
        self.init(
            trust: trust,
            identity: credential.certificate.map { Identity(certificate: $0.certificate, key: $0.key) },
            serverName: access.serverName, proxy: proxy, connectTimeout: connectTimeout)
    }
}
