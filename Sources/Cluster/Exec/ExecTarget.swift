/// Where a command runs.
package struct ExecTarget: Hashable, Sendable, Codable {
    package var namespace: String
    package var pod: String
    /// Nil: the pod's first, or the one its annotation names.
    package var container: String?

    package init(namespace: String, pod: String, container: String? = nil) {
        self.namespace = namespace
        self.pod = pod
        self.container = container
    }

    var subject: String { "exec in pod/\(pod)" }
}

/// How an exec's bytes travel.
package enum ExecTransport: String, Hashable, Sendable, Codable, CaseIterable {
    /// SPDY/3.1: faster, ends stdin on every version of Kubernetes.
    case spdy
    /// What proxies understand; ends stdin from Kubernetes 1.30 on only.
    case webSocket = "websocket"
}
