/// What the level "restricted" demands beyond "baseline".
enum RestrictedChecks {
    typealias Violation = PodSecurity.Violation

    private static let volumes: Set<String> = [
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
    ]

    static func violations(_ pod: SecurityView) -> [Violation] {
        volumeTypes(pod) + nonRoot(pod) + (pod.isWindows ? [] : escalation(pod) + seccomp(pod) + capabilities(pod))
    }

    private static func volumeTypes(_ pod: SecurityView) -> [Violation] {
        (pod.spec["volumes"]?.array ?? []).compactMap { volume in
            let type = (volume.object ?? [:]).keys.filter { $0 != "name" }.sorted().first ?? "nothing"
            guard !volumes.contains(type) else { return nil }
            return Violation(
                control: "Volume Types", field: "spec.volumes[\(volume["name"]?.string ?? "?")]",
                message: "must not be a \(type)")
        }
    }

    private static func escalation(_ pod: SecurityView) -> [Violation] {
        pod.containers.filter { $0.context["allowPrivilegeEscalation"]?.bool != false }.map {
            Violation(
                control: "Privilege Escalation", field: "\($0.place).securityContext.allowPrivilegeEscalation",
                message: "must be false")
        }
    }

    private static func nonRoot(_ pod: SecurityView) -> [Violation] {
        let podSays = pod.context["runAsNonRoot"]?.bool
        var found: [Violation] = []
        if podSays == false {
            found.append(
                Violation(
                    control: "Running as Non-root", field: "spec.securityContext.runAsNonRoot", message: "must be true")
            )
        }
        for part in pod.containers {
            let says = part.context["runAsNonRoot"]?.bool
            if says == false || (says == nil && podSays == nil) {
                found.append(
                    Violation(
                        control: "Running as Non-root", field: "\(part.place).securityContext.runAsNonRoot",
                        message: "must be true, here or for the pod"))
            }
        }
        for (place, context) in pod.contexts where context["runAsUser"]?.integer == 0 {
            found.append(
                Violation(control: "Running as Non-root user", field: "\(place).runAsUser", message: "must not be 0"))
        }
        return found
    }

    private static func seccomp(_ pod: SecurityView) -> [Violation] {
        let allowed: Set<String> = ["RuntimeDefault", "Localhost"]
        func type(_ context: JSONValue) -> String? { context[path: ["seccompProfile", "type"]]?.string }
        let podSays = type(pod.context)
        var found: [Violation] = []
        if let podSays, !allowed.contains(podSays) {
            found.append(
                Violation(
                    control: "Seccomp", field: "spec.securityContext.seccompProfile.type",
                    message: "must be RuntimeDefault or Localhost"))
        }
        for part in pod.containers {
            let says = type(part.context)
            if let says, allowed.contains(says) { continue }
            if says == nil, podSays != nil { continue }
            found.append(
                Violation(
                    control: "Seccomp", field: "\(part.place).securityContext.seccompProfile.type",
                    message: "must be RuntimeDefault or Localhost, here or for the pod"))
        }
        return found
    }

    private static func capabilities(_ pod: SecurityView) -> [Violation] {
        pod.containers.flatMap { part -> [Violation] in
            func names(_ member: String) -> [String] {
                (part.context[path: ["capabilities", member]]?.array ?? []).compactMap(\.string)
            }
            var found: [Violation] = []
            if !names("drop").contains("ALL") {
                found.append(
                    Violation(
                        control: "Capabilities", field: "\(part.place).securityContext.capabilities.drop",
                        message: "must hold ALL"))
            }
            let added = names("add").filter { $0 != "NET_BIND_SERVICE" }
            if !added.isEmpty {
                found.append(
                    Violation(
                        control: "Capabilities", field: "\(part.place).securityContext.capabilities.add",
                        message: "must hold NET_BIND_SERVICE at most, found \(added.joined(separator: ", "))"))
            }
            return found
        }
    }
}
