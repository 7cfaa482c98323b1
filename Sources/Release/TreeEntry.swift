/// One file, folder or link of a code tree, with its content.
package struct TreeEntry: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        case file([UInt8])
        /// A file of which only this is known: an image holds it.
        case elsewhere(size: Int, digest: Digest)
        case directory
        case link(target: String)

        /// Whether both are the same to a reader, however much is known of them.
        package func isSame(as other: Content) -> Bool {
            switch (self, other) {
            case (.file(let bytes), .elsewhere(let size, let digest)),
                (.elsewhere(let size, let digest), .file(let bytes)):
                bytes.count == size && Digest(of: bytes) == digest
            default: self == other
            }
        }
    }

    /// Relative to the tree's root, with `/` between its parts.
    package var path: String
    package var content: Content
    /// Normalised to what matters: `0o755` for folders and executables, `0o644` for all else.
    package var mode: UInt16

    package init(path: String, content: Content, mode: UInt16 = 0o644) {
        self.path = path
        self.content = content
        self.mode = mode
    }
}
