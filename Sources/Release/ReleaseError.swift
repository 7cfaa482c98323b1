/// Why a release can't be made from what lies on disk: the operator's input is at fault, nothing was sent.
package struct ReleaseError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        case missing, unreadable, unsupportedName, unsupportedFile, escapingLink, changedWhileRead, tooLarge
        case secret, danglingLink, duplicate, unwritable
        /// What the cluster holds isn't what its name says.
        case damaged
    }

    package var kind: Kind
    /// The file or folder, as the operator would name it.
    package var path: String
    package var message: String
    package var hint: String?

    /// What to do about a release that is too large.
    static let smaller =
        "take tests and data out of the tree (~/.sds/files/trees.yaml), or put the trees into the image with "
        + "'sds build IMAGE --bake'"

    package var description: String {
        "\(path): \(message)" + (hint.map { "\n  hint:  \($0)" } ?? "")
    }
}
