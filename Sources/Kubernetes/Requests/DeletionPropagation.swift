/// What happens to the objects that an object owns when it is deleted.
package enum DeletionPropagation: String, Hashable, Sendable, Codable {
    /// The owner stays, marked, until all it owns is gone.
    case foreground = "Foreground"
    /// The owner goes at once, the rest is collected afterwards.
    case background = "Background"
    /// What it owns stays: how a StatefulSet is made anew without touching its pods.
    case orphan = "Orphan"
}
