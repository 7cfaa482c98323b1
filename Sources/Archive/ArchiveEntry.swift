/// One member of an archive. Owner and time are always 0, so that equal trees give equal archives.
package struct ArchiveEntry: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case file
        case directory
        case link(target: String)
    }

    /// Relative, with `/` between its parts.
    package var path: String
    package var kind: Kind
    /// Permission bits only: `0o644`.
    package var mode: UInt16

    package init(path: String, kind: Kind, mode: UInt16) {
        self.path = path
        self.kind = kind
        self.mode = mode
    }
}
