package import Kubernetes

/// What keeps a workload from its goal: where, why, and what would probably help.
package struct Cause: Hashable, Sendable, Codable {
    package var reason: Reason
    /// The workload, claim or other object that was waited for.
    package var subject: ObjectKey
    package var pod: String?
    package var container: String?
    package var isInitContainer: Bool
    /// The cluster's own words.
    package var message: String
    /// As the cluster names it: `ImagePullBackOff`, `OOMKilled`, `FailedScheduling`.
    package var clusterReason: String
    package var exitCode: Int?
    package var restarts: Int
    /// What the container itself wrote to its termination log.
    package var terminationMessage: String?
    /// The likely fix.
    package var hint: String?

    package init(
        _ reason: Reason, subject: ObjectKey, pod: String? = nil, container: String? = nil,
        isInitContainer: Bool = false,
        clusterReason: String, message: String = "", exitCode: Int? = nil, restarts: Int = 0,
        terminationMessage: String? = nil, hint: String? = nil
    ) {
        self.reason = reason
        self.subject = subject
        self.pod = pod
        self.container = container
        self.isInitContainer = isInitContainer
        self.clusterReason = clusterReason
        self.message = message
        self.exitCode = exitCode
        self.restarts = restarts
        self.terminationMessage = terminationMessage
        self.hint = hint
    }

    /// What makes it the same trouble although counts and words change.
    package struct Identity: Hashable, Sendable {
        package let reason: Reason
        package let subject: ObjectKey
        package let pod: String?
        package let container: String?
    }

    package var identity: Identity {
        // A container killed for its memory is, between two tries, just one that crashed.
        Identity(
            reason: reason == .outOfMemory ? .crash : reason, subject: subject, pod: pod, container: container)
    }

    /// Whether there is, or may be, a log of a container that says more.
    package var hasLog: Bool {
        switch reason {
        case .crash, .outOfMemory, .initialization, .podFailed, .jobFailed: pod != nil && container != nil
        case .notReady: container != nil
        default: false
        }
    }
}

extension Cause: CustomStringConvertible {
    /// One line: `pod mozart-rest-6d…: container rest: CrashLoopBackOff, exit code 1, 3 restarts: no such file`.
    package var description: String {
        [place, reasonText].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// Why, in the container's or the cluster's own words; of several lines the one that says it. May be empty.
    package var reasonText: String {
        Self.oneLine(terminationMessage.flatMap { LastWords($0).reason } ?? message)
    }

    /// Where, and what the cluster calls it: `pod mozart-rest-6d…: container rest: CrashLoopBackOff, exit code 1`.
    package var place: String {
        var parts = [pod.map { "pod \($0)" } ?? String(describing: subject)]
        if let container { parts.append("\(isInitContainer ? "init container" : "container") \(container)") }
        var what = clusterReason
        if let exitCode { what += ", exit code \(exitCode)" }
        if restarts > 0 { what += ", \(restarts) \(restarts == 1 ? "restart" : "restarts")" }
        parts.append(what)
        return parts.map(Self.oneLine).joined(separator: ": ")
    }

    /// Control characters in names and messages would let a pod write on the operator's terminal.
    private static func oneLine(_ text: String) -> String {
        let words = text.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
        return String(
            String.UnicodeScalarView(
                words.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }))
    }
}
