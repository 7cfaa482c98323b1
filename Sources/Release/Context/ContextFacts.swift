/// What a packed build context is: its digest names the image that is built from it.
package struct ContextFacts: Hashable, Sendable, Codable {
    /// SHA-256 of the archive.
    package let digest: Digest
    /// Of the archive.
    package let bytes: Int
    package let files: Int
}
