/// Which part of a container's log is wanted.
package struct LogOptions: Hashable, Sendable {
    package var container: String?
    package var follow: Bool
    /// The log of the container before its last restart.
    package var previous: Bool
    package var tailLines: Int?
    package var limitBytes: Int?
    package var sinceSeconds: Int?
    package var timestamps: Bool

    package init(
        container: String? = nil, follow: Bool = false, previous: Bool = false, tailLines: Int? = nil,
        limitBytes: Int? = nil, sinceSeconds: Int? = nil, timestamps: Bool = false
    ) {
        self.container = container
        self.follow = follow
        self.previous = previous
        self.tailLines = tailLines
        self.limitBytes = limitBytes
        self.sinceSeconds = sinceSeconds
        self.timestamps = timestamps
    }
}
