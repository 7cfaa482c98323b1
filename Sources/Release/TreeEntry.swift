/// One file, folder or link of a code tree, with its content.
package struct TreeEntry: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        case file([UInt8])
        case directory
        case link(target: String)
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
