import Kubernetes

/// Reads one container's status.
struct ContainerCauses {
    let status: JSONValue
    let isInit: Bool
    let pod: KubernetesObject
    let subject: ObjectKey

    private static let waiting: [String: Reason] = [
        "ImagePullBackOff": .imagePull, "ErrImagePull": .imagePull, "ErrImageNeverPull": .imagePull,
        "ImageInspectError": .imagePull, "RegistryUnavailable": .imagePull, "InvalidImageName": .imageName,
        "CreateContainerConfigError": .containerConfiguration, "CreateContainerError": .containerCreation,
        "RunContainerError": .containerCreation, "PreStartHookError": .containerCreation,
        "PostStartHookError": .containerCreation, "PreCreateHookError": .containerCreation,
    ]

    private var name: String { status["name"]?.string ?? "" }
    private var restarts: Int { status["restartCount"]?.integer ?? 0 }

    /// A sidecar is an init container that goes on running.
    private var isSidecar: Bool {
        isInit
            && pod[path: ["spec", "initContainers"]]?.array?.contains {
                $0["name"]?.string == name && $0["restartPolicy"]?.string == "Always"
            } == true
    }

    /// - Parameters:
    ///   - probe: The newest event about a failed probe of this pod.
    ///   - pull: The newest event about an image that couldn't be pulled: a back-off forgets why.
    func current(probe: String? = nil, pull: String? = nil) -> Cause? {
        let last = status[path: ["lastState", "terminated"]]
        if let waiting = status[path: ["state", "waiting"]] {
            let reason = waiting["reason"]?.string ?? ""
            if reason == "CrashLoopBackOff" { return ended(crash, last ?? [:], clusterReason: reason) }
            guard let known = Self.waiting[reason] else { return nil }
            let said = waiting["message"]?.string ?? ""
            let message = reason == "ImagePullBackOff" ? pull ?? said : said
            return cause(known, reason, message, hint: Hint.text(known, reason, message))
        }
        if let terminated = status[path: ["state", "terminated"]] {
            if terminated["exitCode"]?.integer == 0 && (isInit || restartPolicy != "Always") { return nil }
            return ended(crash, terminated)
        }
        guard status[path: ["state", "running"]] != nil, !isInit || isSidecar, status["ready"]?.bool != true else {
            return nil
        }
        // It runs again after a crash, but hasn't shown yet that it can serve.
        if restarts > 0, let last, last["exitCode"]?.integer != 0 { return ended(crash, last) }
        let started = status["started"]?.bool ?? true
        let what = started ? "readiness probe" : "startup probe"
        return cause(
            .notReady, "NotReady", probe ?? "the \(what) hasn't succeeded yet", hint: Hint.text(.notReady, "", ""))
    }

    private var restartPolicy: String { pod[path: ["spec", "restartPolicy"]]?.string ?? "Always" }
    private var crash: Reason { isInit && !isSidecar ? .initialization : .crash }

    /// - Parameter clusterReason: Nil: what the termination itself says.
    func ended(_ reason: Reason, _ terminated: JSONValue, clusterReason: String? = nil) -> Cause {
        let why = terminated["reason"]?.string ?? ""
        let code = terminated["exitCode"]?.integer
        let words = (terminated["message"]?.string).flatMap { $0.isEmpty ? nil : $0 }
        let isOutOfMemory = why == "OOMKilled" && reason == .crash
        var found = cause(
            isOutOfMemory ? .outOfMemory : reason, isOutOfMemory ? why : clusterReason ?? (why.isEmpty ? "Error" : why),
            "",
            hint: endHint(why, code, words))
        found.exitCode = code
        found.terminationMessage = words
        return found
    }

    /// A runtime that can't start the command says why where the container would write its last words.
    private func endHint(_ why: String, _ code: Int?, _ words: String?) -> String? {
        let isStart = ["StartError", "ContainerCannotRun", "RunContainerError"].contains(why)
        let creation = isStart ? Hint.text(.containerCreation, why, words ?? "") : nil
        return creation ?? code.flatMap { Hint.text(exitCode: $0, clusterReason: why) }
    }

    private func cause(_ reason: Reason, _ clusterReason: String, _ message: String, hint: String?) -> Cause {
        Cause(
            reason, subject: subject, pod: pod.name, container: name, isInitContainer: isInit,
            clusterReason: clusterReason,
            message: message, restarts: restarts, hint: hint)
    }
}
