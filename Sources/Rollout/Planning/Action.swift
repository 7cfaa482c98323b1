package import Kubernetes

/// One thing to do to the cluster, as a value: shown, compared, stored and tested before anything is done.
package enum Action: Hashable, Sendable, Codable {
    /// Server-side apply. `force` takes over fields that others own.
    case apply(KubernetesObject, force: Bool)
    /// - Parameter remember: Notes the former count on the object, unless one is noted already, so that a start finds it.
    case scale(ObjectKey, to: Int, remember: Bool)
    /// A merge patch: labels, annotations, a single field.
    case patch(ObjectKey, JSONValue)
    /// - Parameter uid: Only this very object.
    case delete(ObjectKey, uid: String?, propagation: DeletionPropagation, gracePeriodSeconds: Int?)
    /// Until all these reach their goals or one fails.
    case wait([RolloutTarget])
    /// A command in one container; it succeeds when its exit code is 0. No secret belongs into it.
    case exec(pod: ObjectKey, container: String?, command: [String])

    /// The object that it is about; nil for a wait.
    package var key: ObjectKey? {
        switch self {
        case .apply(let object, _): object.key
        case .scale(let key, _, _), .patch(let key, _), .delete(let key, _, _, _), .exec(let key, _, _): key
        case .wait: nil
        }
    }

    /// Whether it can lose something that no later run brings back.
    package var isDestructive: Bool {
        switch self {
        case .delete(let key, _, _, _): ["PersistentVolumeClaim", "Namespace"].contains(key.kind)
        default: false
        }
    }
}

extension Action: CustomStringConvertible {
    /// As a plan shows it: `scale deployment/mozart-rest to 2`.
    package var description: String {
        switch self {
        case .apply(let object, let force): "apply \(object.key)\(force ? " by force" : "")"
        case .scale(let key, let count, _): "scale \(key) to \(count)"
        case .patch(let key, _): "patch \(key)"
        case .delete(let key, _, _, _): "delete \(key)"
        case .wait(let targets):
            "wait for "
                + targets.map { "\($0.key)\($0.goal == .ready ? "" : " to be \($0.goal.rawValue)")" }.joined(
                    separator: ", ")
        case .exec(let pod, _, let command): "run \(command.first ?? "nothing") in \(pod)"
        }
    }
}
