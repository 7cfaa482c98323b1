/// Checks a pod against the Pod Security Standards (latest), which servers before 1.25 can't do by themselves.
package enum PodSecurity {
    package enum Level: String, Hashable, Sendable, Codable {
        case privileged
        case baseline
        case restricted
    }

    /// One field that a level forbids.
    package struct Violation: Hashable, Sendable, Codable, CustomStringConvertible {
        /// The standard's name of the control: `Running as Non-root`.
        package var control: String
        /// `spec.containers[mozart].securityContext.allowPrivilegeEscalation`
        package var field: String
        package var message: String

        package var description: String { "\(field) \(message)" }
    }

    package static func restricted(
        _ podSpec: JSONValue, annotations: [String: String] = [:]
    ) -> [Violation] {
        violations(of: .restricted, podSpec: podSpec, annotations: annotations)
    }

    package static func baseline(_ podSpec: JSONValue, annotations: [String: String] = [:]) -> [Violation] {
        violations(of: .baseline, podSpec: podSpec, annotations: annotations)
    }

    /// - Parameter annotations: The pod template's own; AppArmor profiles were given there before 1.30.
    package static func violations(
        of level: Level, podSpec: JSONValue, annotations: [String: String] = [:]
    ) -> [Violation] {
        let pod = SecurityView(podSpec)
        let annotated = annotations.filter { $0.key.hasPrefix("container.apparmor.security.beta.kubernetes.io/") }
        switch level {
        case .privileged: return []
        case .baseline: return BaselineChecks.violations(pod) + BaselineChecks.appArmor(annotated)
        case .restricted:
            return BaselineChecks.violations(pod) + BaselineChecks.appArmor(annotated)
                + RestrictedChecks.violations(pod)
        }
    }

    /// The violations of a workload's pod template; empty for a kind without pods.
    package static func violations(of level: Level, in object: KubernetesObject) -> [Violation] {
        guard let path = PodTemplate.path(of: object), let spec = object[path: path + ["spec"]] else { return [] }
        let annotations = (object[path: path + ["metadata", "annotations"]]?.object ?? [:]).compactMapValues(\.string)
        return violations(of: level, podSpec: spec, annotations: annotations)
    }
}
