/// What changed between two states of a tree, by path.
package struct TreeDifference: Equatable, Sendable {
    package enum Change: String, Equatable, Sendable, Encodable {
        case added, removed, changed
        /// Only the permission bits.
        case mode
    }

    package struct File: Equatable, Sendable {
        package var path: String
        package var change: Change
        package var old: TreeEntry?
        package var new: TreeEntry?
    }

    /// Sorted by path; folders count only when they come, go or become something else.
    package let files: [File]

    /// - Parameter old: nil for a tree that is new as a whole.
    package init(from old: Tree?, to new: Tree?) {
        let before = Dictionary((old?.entries ?? []).map { ($0.path, $0) }, uniquingKeysWith: { _, last in last })
        let after = Dictionary((new?.entries ?? []).map { ($0.path, $0) }, uniquingKeysWith: { _, last in last })
        files = Set(before.keys).union(after.keys).sorted().compactMap { path in
            switch (before[path], after[path]) {
            case (nil, let entry?): File(path: path, change: .added, old: nil, new: entry)
            case (let entry?, nil): File(path: path, change: .removed, old: entry, new: nil)
            case (let left?, let right?) where !left.content.isSame(as: right.content):
                File(path: path, change: .changed, old: left, new: right)
            case (let left?, let right?) where left.mode != right.mode:
                File(path: path, change: .mode, old: left, new: right)
            default: nil
            }
        }
    }
}
