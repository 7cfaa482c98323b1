/// What kind of API server the fake is.
package struct FakeClusterSettings: Sendable {
    package enum Wire: String, Sendable, CaseIterable {
        case http1 = "http/1.1"
        case http2 = "h2"
    }

    package enum Exec: String, Sendable, CaseIterable {
        case spdy
        case webSocket4 = "v4.channel.k8s.io"
        case webSocket5 = "v5.channel.k8s.io"
    }

    /// Kubernetes 1.`minor`: decides about versions served and about the form of discovery.
    package var minor = 30
    /// Offered by ALPN, preferred one first.
    package var wires: [Wire] = [.http2, .http1]
    package var exec: Set<Exec> = Set(Exec.allCases)
    package var certificate = TestCertificate.valid
    /// Bearer tokens that are let in; nil lets in everybody.
    package var tokens: Set<String>?
    /// What nobody may do: 403, and "no" in access reviews.
    package var denied: [DeniedRight] = []
    /// Before each answer: makes "at the same time" visible.
    package var latency: Duration = .zero
    /// Whether Deployments, StatefulSets, ReplicaSets and Jobs get their pods.
    package var runsControllers = false
    /// From a pod's creation to its readiness, and from its deletion to its end.
    package var podDelay: Duration = .zero
    package var namespaces = ["default", "kube-system", "test"]

    package init() {}
}

/// A right that is taken away; `*` stands for anything.
package struct DeniedRight: Hashable, Sendable {
    package var verb: String
    /// The plural, with the subresource where there is one: `pods/exec`.
    package var resource: String

    package init(_ verb: String, _ resource: String) {
        self.verb = verb
        self.resource = resource
    }

    func covers(verb: String, resource: String) -> Bool {
        (self.verb == "*" || self.verb == verb) && (self.resource == "*" || self.resource == resource)
    }
}
