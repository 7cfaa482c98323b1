package import Kubernetes

/// What went wrong between us and a cluster, in a form to branch on.
package struct ClusterError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A kubeconfig, or a setting in it, that can't be used.
        case configuration
        /// The means to log in could not be had: a plugin that fails, a token file that is gone.
        case credential
        case badRequest
        /// 401, also with fresh credentials.
        case unauthorized
        case forbidden
        case notFound
        case methodNotAllowed
        case alreadyExists
        /// Someone else wrote in between, or owns a field: see `conflicts`.
        case conflict
        /// 410: what a continue token or resourceVersion names is no longer there.
        case gone
        case tooLarge
        /// 422: the object isn't valid; `causes` says which fields.
        case invalid
        case tooManyRequests
        /// 5xx.
        case serverFailure
        /// Name, network or server isn't there, or the connection broke.
        case unreachable
        case tls
        case timeout
        case cancelled
        /// An answer that is not what the API promises.
        case malformed
        /// The connection ended before a command's status came: nobody knows how it went.
        case interrupted
    }

    package var kind: Kind
    /// What it is about: `PATCH /apis/apps/v1/namespaces/ops/deployments/a`, `exec in pod/mozart-0`.
    package var subject: String
    package var message: String
    package var hint: String?
    /// The HTTP status, where there is one.
    package var status: Int?
    /// The server's reason, such as `NotFound`; empty when it gave none.
    package var reason: String
    package var causes: [APIStatus.Cause]

    package init(
        _ kind: Kind, _ subject: String, _ message: String, hint: String? = nil, status: Int? = nil,
        reason: String = "", causes: [APIStatus.Cause] = []
    ) {
        self.kind = kind
        self.subject = subject
        self.message = message
        self.hint = hint
        self.status = status
        self.reason = reason
        self.causes = causes
    }

    /// The fields of a server-side apply that someone else owns.
    package var conflicts: [APIStatus.Conflict] { APIStatus(causes: causes).conflicts }
}

extension ClusterError: CustomStringConvertible {
    package var description: String {
        let text = subject.isEmpty ? message : "\(subject): \(message)"
        return hint.map { "\(text) (\($0))" } ?? text
    }
}
