internal import Release

/// The answer of `diff`: what an update would change, and which pods it would restart.
package struct DifferenceReport: Sendable, Encodable, Equatable {
    package struct File: Sendable, Encodable, Equatable {
        package var path: String
        /// added, removed, changed, mode
        package var change: String
        /// Hunks as `diff -u` shows them; empty for binary, large and secret files.
        package var lines: [String] = []
        /// What is to be said instead of the lines: `binary`, `0644 → 0755`.
        package var remark: String?
    }

    /// A code tree that differs, once for all workloads that get it.
    package struct Code: Sendable, Encodable, Equatable {
        package var tree: String
        package var workloads: [String]
        /// First digits of the digests; nil for a tree that the release in the cluster lacks or the new one does.
        package var old: String?
        package var new: String?
        package var files: [File]
    }

    /// The rendered files of a workload that differ.
    package struct Rendered: Sendable, Encodable, Equatable {
        package var workload: String
        package var files: [File]
    }

    package struct Object: Sendable, Encodable, Equatable {
        package var object: String
        /// created, changed, removed
        package var change: String
        package var fields: [FieldChange] = []
    }

    package struct Pods: Sendable, Encodable, Equatable {
        package var workload: String
        /// How many run now.
        package var count: Int
        /// `replaced one after the other`
        package var effect: String
        package var reasons: [String]
    }

    package var apiVersion = "sds/v1"
    package var kind = "Difference"
    package var isDifferent: Bool
    package var code: [Code] = []
    package var configuration: [Rendered] = []
    package var objects: [Object] = []
    package var pods: [Pods] = []
    /// What differs and an update leaves as it is, and what could not be compared.
    package var notes: [String] = []

    package init(isDifferent: Bool) {
        self.isDifferent = isDifferent
    }
}

extension DifferenceReport.File {
    /// A member of a code tree.
    init(_ file: TreeDifference.File) {
        self.init(path: file.path.printable, change: file.change.rawValue)
        guard let new = file.new, let old = file.old else { return }
        switch (old.content, new.content) {
        case (.file(let before), .file(let after)) where file.change == .changed:
            if let text = TextDifference(from: before, to: after) {
                lines = text.lines
            } else {
                remark = "binary or large: \(before.count) → \(after.count) bytes"
            }
        case (.elsewhere, .file) where file.change == .changed, (.file, .elsewhere) where file.change == .changed,
            (.elsewhere, .elsewhere) where file.change == .changed:
            remark = "in the image: \(old.size) → \(new.size) bytes"
        case (.link(let before), .link(let after)): remark = "link to \(before.printable) → \(after.printable)"
        default: remark = "\(Self.word(old)) → \(Self.word(new))"
        }
    }

    private static func word(_ entry: TreeEntry) -> String {
        switch entry.content {
        case .file, .elsewhere: "file 0" + String(entry.mode, radix: 8)
        case .directory: "folder"
        case .link: "link"
        }
    }
}
