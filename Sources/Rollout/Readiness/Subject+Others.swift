import Kubernetes

extension Subject {
    func job() -> Assessment {
        let wanted = object[path: ["spec", "completions"]]?.integer ?? 1
        let pods = view.pods(ownedBy: object.uid)
        if isTrue("Complete") || isTrue("SuccessCriteriaMet") {
            return Assessment(isDone: true, Self.count(status("succeeded"), of: wanted, "completed"))
        }
        if let failed = condition("Failed") ?? condition("FailureTarget"), failed["status"]?.string == "True" {
            var cause = cause(.jobFailed, failed["reason"]?.string ?? "Failed", failed["message"]?.string ?? "")
            // The last pod's own words say more than "reached the backoff limit".
            let ended = pods.compactMap { PodCauses(pod: $0, subject: key, warnings: []).failure }.last
            cause.pod = ended?.pod
            cause.container = ended?.container
            cause.exitCode = ended?.exitCode
            cause.terminationMessage = ended?.terminationMessage
            cause.hint = ended?.hint
            return Assessment(isDone: false, "failed", causes: [cause])
        }
        if object[path: ["spec", "suspend"]]?.bool == true { return Assessment(isDone: false, "suspended") }
        // How often its pods may end badly the Job itself decides.
        let causes = podCauses(pods).map { cause in
            var cause = cause
            if [.crash, .outOfMemory, .initialization].contains(cause.reason) { cause.reason = .podFailed }
            return cause
        }
        let failures = status("failed") > 0 ? ", \(status("failed")) failed" : ""
        return Assessment(
            isDone: false, Self.count(status("succeeded"), of: wanted, "completed") + failures,
            causes: causes + creationCauses(missing: status("active") == 0))
    }

    func pod() -> Assessment {
        switch object[path: ["status", "phase"]]?.string {
        case "Succeeded": return Assessment(isDone: true, "succeeded")
        case "Failed":
            let causes = PodCauses(pod: object, subject: key, warnings: []).failure.map { [$0] } ?? []
            return Assessment(isDone: false, "failed", causes: causes)
        case let phase:
            if PodCauses.isReady(object) { return Assessment(isDone: true, "ready") }
            return Assessment(isDone: false, (phase ?? "Pending").lowercased(), causes: podCauses([object]))
        }
    }

    func claim() -> Assessment {
        switch object[path: ["status", "phase"]]?.string {
        case "Bound": return Assessment(isDone: true, "bound")
        case "Lost":
            return Assessment(isDone: false, "lost", causes: [cause(.volume, "Lost", "its volume no longer exists")])
        default:
            let failed = view.warnings(about: object.uid).last { $0.json["reason"]?.string == "ProvisioningFailed" }
            let causes = failed.map { [cause(.volume, "ProvisioningFailed", $0.json["message"]?.string ?? "")] } ?? []
            return Assessment(isDone: false, "not bound to a volume", causes: causes)
        }
    }

    /// Kinds without pods are up when they are there, unless they say themselves that they aren't.
    func other() -> Assessment {
        if let observed = object[path: ["status", "observedGeneration"]]?.integer, observed < object.generation {
            return Assessment(isDone: false, Self.unseen)
        }
        for type in ["Ready", "Established", "Available"] {
            guard let condition = condition(type) else { continue }
            let isTrue = condition["status"]?.string == "True"
            let message = condition["message"]?.string ?? condition["reason"]?.string ?? ""
            return Assessment(isDone: isTrue, isTrue ? type.lowercased() : "not \(type.lowercased()): \(message)")
        }
        return Assessment(isDone: true, "exists")
    }
}
