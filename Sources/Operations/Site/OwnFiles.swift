internal import FoundationEssentials
internal import Release

/// What an operator dropped into `~/verdi/ops` and `~/verdi/etc` for the workers, as sdscli's bundles took it along.
struct OwnFiles {
    /// What sdscli itself put there.
    private static let folders: Set<String> = ["etc", "creds"]
    private static let etcFiles: Set<String> = [
        "supervisord.conf", "supervisord.conf.tmpl", "sdswatch_client.conf", "celeryconfig.py", "datasets.json",
    ]

    /// Name to folder: without copies of the checkout's trees.
    let trees: [String: String]
    let etc: [TreeEntry]

    /// - Throws: `ReleaseError` that names the file.
    init(_ site: Site) throws {
        // Beside ~/mozart/ops lies ~/verdi.
        let verdi =
            URL(fileURLWithPath: site.ops).deletingLastPathComponent().deletingLastPathComponent().path + "/verdi"
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: verdi + "/ops")) ?? []
        let own = names.filter { name in
            var isFolder = false
            return manager.fileExists(atPath: "\(verdi)/ops/\(name)", isDirectory: &isFolder) && isFolder
                && !OwnFiles.folders.contains(name) && !name.hasPrefix(".")
                && !manager.fileExists(atPath: "\(site.ops)/\(name)")
        }
        for name in own where !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }) {
            throw OperationError(
                .usage, "\(verdi)/ops/\(name): expected a name of letters, digits, and ._-",
                hint: "rename the folder: it goes to the workers as a code tree")
        }
        trees = Dictionary(uniqueKeysWithValues: own.map { ($0, "\(verdi)/ops/\($0)") })
        guard manager.fileExists(atPath: verdi + "/etc") else {
            etc = []
            return
        }
        etc = try TreeReader.read(name: "etc", at: verdi + "/etc", destination: "", leavingOut: OwnFiles.etcFiles)
            .entries.map { TreeEntry(path: "etc/" + $0.path, content: $0.content, mode: $0.mode) }
    }
}
