internal import FoundationEssentials
internal import Release

/// What the operator dropped into `~/verdi`: an adaptation's code in `ops/NAME`, files of its own in `etc`.
///
/// sdscli's `ship` brought all of it to the workers, and so do releases and bundles.
struct OperatorTree: Hashable, Sendable {
    let name: String
    let folder: String
    /// Below the release's root.
    let destination: String

    /// What sdscli itself put into `~/verdi/ops`: those trees come from the checkout, the rest is rendered.
    static let standardNames: Set<String> = [
        "osaka", "hysds_commons", "hysds", "prov_es", "sciflo", "chimera", "container-builder", "lightweight-jobs",
        "hysds-dockerfiles", "spyddder-man", "etc", "creds",
    ]
    /// Made by every `ship`, whatever lies in `~/verdi/etc` under that name.
    static let renderedNames: Set<String> = ["datasets.json", "supervisord.conf", "supervisord.conf.tmpl"]
    static let configuration = "verdi-etc"

    /// - Parameters:
    ///   - verdi: `~/verdi`; it need not exist.
    ///   - checkout: names that trees of the checkout have.
    /// - Throws: `OperationError` (usage) for a folder whose name can't be a tree's.
    static func find(in verdi: String, besides checkout: Set<String>) throws(OperationError) -> [OperatorTree] {
        var trees: [OperatorTree] = []
        for name in folders(in: "\(verdi)/ops") where !standardNames.contains(name) {
            guard !checkout.contains(name), isLabel(name), name != configuration else {
                let cause =
                    checkout.contains(name)
                    ? "the checkout has a tree of this name"
                    : "expected at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends"
                throw OperationError(
                    .usage, "\(verdi)/ops/\(name.printable) can't be shipped under this name", causes: [cause],
                    hint: "rename the folder, or move it away")
            }
            trees.append(OperatorTree(name: name, folder: "\(verdi)/ops/\(name)", destination: "ops/\(name)"))
        }
        if names(in: "\(verdi)/etc").contains(where: { !renderedNames.contains($0) }) {
            trees.append(OperatorTree(name: configuration, folder: "\(verdi)/etc", destination: "etc"))
        }
        return trees
    }

    private static func names(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    private static func folders(in folder: String) -> [String] {
        names(in: folder).filter { name in
            var isFolder = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) && isFolder
        }
    }

    /// Kubernetes' rule for a label's value: each piece of a tree carries the tree's name.
    private static func isLabel(_ name: String) -> Bool {
        func isEdge(_ character: Character) -> Bool {
            character.isASCII && (character.isLetter || character.isNumber)
        }
        guard (1...63).contains(name.count), let first = name.first, let last = name.last else { return false }
        return isEdge(first) && isEdge(last) && name.allSatisfy { isEdge($0) || "-_.".contains($0) }
    }
}

extension TreeFacts {
    /// Code, which goes on PYTHONPATH; files of other kinds don't.
    var isCode: Bool { destination.hasPrefix("ops/") }
}
