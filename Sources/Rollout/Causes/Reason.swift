/// Why something doesn't come up, or doesn't go away: one word a kind of trouble.
package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
    /// The image can't be pulled: not there, no right, no way to the registry.
    case imagePull
    /// The image's name can't be one.
    case imageName
    /// A ConfigMap, Secret or key that the container names isn't there, or its user isn't allowed.
    case containerConfiguration
    /// The runtime can't make or start the container.
    case containerCreation
    /// The container ends again and again.
    case crash
    /// The kernel ended the container for its memory.
    case outOfMemory
    /// An init container ends with an error.
    case initialization
    /// It runs, but its readiness or startup probe fails.
    case notReady
    /// No node takes the pod.
    case unschedulable
    /// A volume can't be mounted.
    case mount
    /// The node can't give the pod its network.
    case sandbox
    /// The controller may not make pods: quota, admission, a missing service account.
    case podCreation
    /// The node threw the pod out for want of memory or disk.
    case evicted
    /// The node doesn't answer any more.
    case nodeLost
    /// A pod ended with an error and isn't started again.
    case podFailed
    case jobFailed
    /// The controller itself gave up waiting.
    case deadline
    case paused
    /// A StatefulSet waits for a broken pod of its former template (kubernetes#67250).
    case formerTemplate
    /// No storage for a claim.
    case volume
    /// The object was deleted while it was waited for.
    case deleted
    /// The object was deleted and made anew by someone else.
    case replaced
    /// It should be gone, but something holds it.
    case stuck
}
