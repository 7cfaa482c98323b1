/// What goes where in a build context: a file, or a folder with all below it.
package struct ContextMember: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// A file or folder on disk.
        case path(String)
        case bytes([UInt8])
        /// A folder with nothing in it.
        case emptyFolder
    }

    /// Relative, with `/` between its parts.
    package var destination: String
    package var source: Source
    /// Paths below a folder that stay out, relative to it.
    package var leavingOut: Set<String>
    /// The folder whose ignore file counts, when it isn't the source itself: one above it.
    package var ignoreRoot: String?
    /// Nothing happens when there is no such file.
    package var isOptional: Bool
    /// Files that look like secrets and aren't, relative to the source.
    package var harmless: Set<String>
    /// Where a release has it, `ops/hysds`, when it is one of its trees: then its manifest is made as well.
    package var surveyedAs: String?
    /// What it is for, in the words of an error: `the tree 'hysds'`.
    package var purpose: String

    package init(
        _ destination: String, _ source: Source, purpose: String, leavingOut: Set<String> = [],
        ignoreRoot: String? = nil, isOptional: Bool = false, harmless: Set<String> = [],
        surveyedAs: String? = nil
    ) {
        self.destination = destination
        self.source = source
        self.purpose = purpose
        self.leavingOut = leavingOut
        self.ignoreRoot = ignoreRoot
        self.isOptional = isOptional
        self.harmless = harmless
        self.surveyedAs = surveyedAs
    }
}
