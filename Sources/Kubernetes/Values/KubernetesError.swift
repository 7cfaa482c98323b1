/// What is wrong with a manifest, a quantity, a reply or an object that the cluster can't take.
package struct KubernetesError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The text isn't YAML or JSON, or isn't a Kubernetes object.
        case invalidManifest
        /// The server doesn't serve this kind, or not in a version that can say what the object says.
        case unsupported
        /// The server answered something else than its API promises.
        case invalidReply
        /// A quantity, selector or name that can't be read.
        case invalidValue
    }

    package var kind: Kind
    /// What the message is about: `k8s/mozart.yaml:12`, `poddisruptionbudget/mozart-es`.
    package var subject: String
    package var message: String
    package var hint: String?

    package init(_ kind: Kind, _ subject: String, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.message = message
        self.hint = hint
    }
}

extension KubernetesError: CustomStringConvertible {
    package var description: String {
        let text = subject.isEmpty ? message : "\(subject): \(message)"
        return hint.map { "\(text) (\($0))" } ?? text
    }
}
