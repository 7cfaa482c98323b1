/// What a packed build context is: its digest names the image that is built from it.
package struct ContextFacts: Equatable, Sendable {
    /// SHA-256 of the archive.
    package let digest: Digest
    /// Of the archive.
    package let bytes: Int
    package let files: Int
    /// The members that are a release's trees.
    package var trees: [SurveyedTree] = []
}
