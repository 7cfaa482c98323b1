/// Where one object stands, without regard to time: what was seen in one view of the cluster.
package struct Assessment: Hashable, Sendable {
    package var isDone: Bool
    /// `2 of 3 pods ready`
    package var text: String
    /// Everything that is wrong right now.
    package var causes: [Cause]

    package init(isDone: Bool, _ text: String, causes: [Cause] = []) {
        self.isDone = isDone
        self.text = text
        self.causes = causes
    }
}
