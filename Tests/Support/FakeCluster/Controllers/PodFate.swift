/// What becomes of a workload's pods.
package enum PodFate: Hashable, Sendable {
    /// Ready, or done in the case of a Job.
    case good
    case imagePullBackOff
    case crashLoopBackOff(lastLine: String)
    case unschedulable
    /// Its containers are being created, for ever.
    case pending
    /// Ends with this code: how a Job fails.
    case exits(Int)
}
