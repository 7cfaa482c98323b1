package import Kubernetes

/// What a tracker says after each look at the cluster.
package struct RolloutReport: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case done
        case waiting
        /// One cause for each target that failed.
        case failed([Cause])
    }

    package var progress: [ObjectKey: Progress]
    /// To be told now: each trouble once, and again only after it was over.
    package var newCauses: [Cause]
    /// All trouble there is at the moment, told or not yet.
    package var causes: [Cause]
    package var verdict: Verdict
    /// When to look again although nothing changes: a grace time ends then.
    package var nextLook: Duration?
}
