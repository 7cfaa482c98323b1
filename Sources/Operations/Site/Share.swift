internal import FoundationEssentials

/// Where the program's own data lies: `k8s/`, `conf/` and `images/`, beside the program or named by SDS_SHARE.
package struct Share: Sendable {
    package let path: String

    /// Looks in SDS_SHARE, then in `../share/sds` beside the program, then in the checkout that built it.
    ///
    /// - Throws: `OperationError` (usage) that lists the places looked in.
    package init(program: String, environment: [String: String]) throws(OperationError) {
        var candidates: [String] = []
        if let named = environment["SDS_SHARE"], !named.isEmpty {
            candidates = [named]
        } else {
            var folder = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
            candidates.append(folder.deletingLastPathComponent().appending(path: "share/sds").path)
            while folder.pathComponents.count > 1 {
                if folder.lastPathComponent == ".build" { candidates.append(folder.deletingLastPathComponent().path) }
                folder.deleteLastPathComponent()
            }
        }
        guard let share = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/k8s") }) else {
            throw OperationError(
                .usage, "the manifests of HySDS are missing: no folder k8s in \(candidates.joined(separator: " or "))",
                hint: "install with 'make install', or name the folder that holds k8s/ and conf/ with SDS_SHARE")
        }
        self.path = share
    }

    /// All files below a folder of the share, by their path relative to it.
    package func files(below folder: String) throws(OperationError) -> [String: [UInt8]] {
        try Folder(path + "/" + folder).files()
    }
}
