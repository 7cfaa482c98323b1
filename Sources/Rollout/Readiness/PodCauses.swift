import Kubernetes

/// Reads from one pod's status, and from the warnings about it, everything that keeps it from serving.
struct PodCauses {
    let pod: KubernetesObject
    let subject: ObjectKey
    let warnings: [KubernetesObject]

    static func isReady(_ pod: KubernetesObject) -> Bool {
        condition("Ready", of: pod)?["status"]?.string == "True"
    }

    private static func condition(_ type: String, of pod: KubernetesObject) -> JSONValue? {
        pod[path: ["status", "conditions"]]?.array?.first { $0["type"]?.string == type }
    }

    private var phase: String { pod[path: ["status", "phase"]]?.string ?? "Pending" }

    /// Empty for a pod that serves.
    var all: [Cause] {
        if phase == "Succeeded" { return [] }
        if phase == "Failed" { return failure.map { [$0] } ?? [] }
        if let lost = nodeLost { return [lost] }
        if let unscheduled { return [unscheduled] }
        let containers = containerCauses
        // While no container has started, events are all there is.
        if !containers.contains(where: { $0.reason != .notReady }), !hasStarted, let held = eventCause { return [held] }
        return containers
    }

    /// Why a pod that ended for good did so.
    var failure: Cause? {
        guard phase == "Failed" else { return nil }
        let reason = pod[path: ["status", "reason"]]?.string ?? ""
        let message = pod[path: ["status", "message"]]?.string ?? ""
        if reason == "Evicted" { return cause(.evicted, "Evicted", message) }
        if reason == "NodeLost" || reason == "NodeShutdown" || reason == "Shutdown" {
            return cause(.nodeLost, reason, message)
        }
        for (status, isInit) in statuses {
            guard let ended = status[path: ["state", "terminated"]], ended["exitCode"]?.integer != 0 else { continue }
            return ContainerCauses(status: status, isInit: isInit, pod: pod, subject: subject).ended(.podFailed, ended)
        }
        return cause(.podFailed, reason.isEmpty ? "Failed" : reason, message)
    }

    private func cause(_ reason: Reason, _ clusterReason: String, _ message: String) -> Cause {
        Cause(
            reason, subject: subject, pod: pod.name, clusterReason: clusterReason, message: message,
            hint: Hint.text(reason, clusterReason, message))
    }

    private var nodeLost: Cause? {
        let reason = pod[path: ["status", "reason"]]?.string
        let ready = Self.condition("Ready", of: pod)
        guard
            reason == "NodeLost" || ready?["reason"]?.string == "NodeNotReady" || ready?["status"]?.string == "Unknown"
        else { return nil }
        let node = pod[path: ["spec", "nodeName"]]?.string ?? "?"
        return cause(.nodeLost, reason ?? "NodeNotReady", "node \(node) doesn't answer")
    }

    private var unscheduled: Cause? {
        guard let condition = Self.condition("PodScheduled", of: pod), condition["status"]?.string == "False" else {
            return nil
        }
        return cause(.unschedulable, condition["reason"]?.string ?? "Unschedulable", condition["message"]?.string ?? "")
    }

    private var statuses: [(status: JSONValue, isInit: Bool)] {
        (pod[path: ["status", "initContainerStatuses"]]?.array ?? []).map { ($0, true) }
            + (pod[path: ["status", "containerStatuses"]]?.array ?? []).map { ($0, false) }
    }

    private var hasStarted: Bool {
        statuses.contains {
            $0.status[path: ["state", "running"]] != nil || $0.status[path: ["state", "terminated"]] != nil
        }
    }

    private var containerCauses: [Cause] {
        func said(_ reason: String, _ start: String) -> String? {
            warnings.reversed().compactMap { event -> String? in
                guard event.json["reason"]?.string == reason, let message = event.json["message"]?.string else {
                    return nil
                }
                return message.hasPrefix(start) ? message : nil
            }.first
        }
        let (probe, pull) = (said("Unhealthy", ""), said("Failed", "Failed to pull image"))
        let causes = statuses.compactMap { status, isInit in
            ContainerCauses(status: status, isInit: isInit, pod: pod, subject: subject).current(
                probe: probe, pull: pull)
        }
        // A container that waits for an init container isn't the trouble.
        return causes.contains { $0.isInitContainer } ? causes.filter(\.isInitContainer) : causes
    }

    /// What only events tell: volumes and the network.
    private var eventCause: Cause? {
        // The kubelet's summary after two minutes says less than what it said before.
        let summary = "Unable to attach or mount volumes"
        func isSummary(_ event: KubernetesObject) -> Bool { event.json["message"]?.string?.hasPrefix(summary) == true }
        for event in (warnings.filter(isSummary) + warnings.filter { !isSummary($0) }).reversed() {
            let message = event.json["message"]?.string ?? ""
            switch event.json["reason"]?.string {
            case "FailedMount"?: return cause(.mount, "FailedMount", message)
            case "FailedAttachVolume"?: return cause(.mount, "FailedAttachVolume", message)
            case "FailedCreatePodSandBox"?: return cause(.sandbox, "FailedCreatePodSandBox", message)
            case "FailedScheduling"? where pod[path: ["spec", "nodeName"]] == nil:
                return cause(.unschedulable, "FailedScheduling", message)
            default: continue
            }
        }
        return nil
    }
}
