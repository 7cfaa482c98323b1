package import Kubernetes

/// One object to wait for, and until when.
package struct RolloutTarget: Hashable, Sendable, Codable {
    package enum Goal: String, Hashable, Sendable, Codable {
        /// It serves; a Job has completed.
        case ready
        /// It is scaled to nothing and its pods are gone.
        case stopped
        /// It and its pods no longer exist.
        case gone
    }

    package var key: ObjectKey
    package var goal: Goal
    /// Of the object as the last write answered; another one under the name is not ours.
    package var uid: String?
    /// As the last write answered: an older state that a watch still delivers doesn't count.
    package var generation: Int
    package var revision: PodRevision?

    package init(
        _ key: ObjectKey, _ goal: Goal = .ready, uid: String? = nil, generation: Int = 0, revision: PodRevision? = nil
    ) {
        self.key = key
        self.goal = goal
        self.uid = uid
        self.generation = generation
        self.revision = revision
    }

    /// From what the API server answered to an apply or a scale.
    package init(_ written: KubernetesObject, _ goal: Goal = .ready, revision: PodRevision? = nil) {
        self.init(
            written.key, goal, uid: written.uid.isEmpty ? nil : written.uid, generation: written.generation,
            revision: revision)
    }
}
