internal import FoundationEssentials
internal import HySDS
internal import Release
internal import Subprocess

/// The checkout's code trees, each read, packed and hashed once however many workloads get it.
struct CodeTrees: Sendable {
    let packed: [String: PackedTree]
    /// Commit of each tree, with `+dirty` for uncommitted changes; without the trees that no git manages.
    let commits: [String: String]
    /// The operator's own trees of `~/verdi/ops`: what `*` stands for.
    var own: [String] = []
    /// The operator's own files of `~/verdi/etc`, for the same workloads.
    var etc: [TreeEntry] = []

    /// The trees of a workload that there are: its own, all of which must exist, then those it takes when they do.
    func names(of workload: Workload) -> [String] {
        let more = workload.moreTrees.flatMap { $0 == "*" ? own : [$0] }
        return workload.trees + more.filter { packed[$0] != nil && !workload.trees.contains($0) }
    }

    /// The operator's own files that a workload gets beside its code.
    func etc(of workload: Workload) -> [TreeEntry] {
        let rendered = Set(workload.files.map(\.destination))
        return workload.moreTrees.contains("*") ? etc.filter { !rendered.contains($0.path) } : []
    }

    /// - Parameter optional: trees that are read when the checkout has them.
    /// - Throws: `ReleaseError` that names the tree, the file and the place looked in.
    static func read(_ names: Set<String>, optional: Set<String>, of site: Site) async throws -> CodeTrees {
        let ops = site.ops
        let present = optional.filter { FileManager.default.fileExists(atPath: "\(ops)/\($0)") }
        let own = optional.contains("*") ? try OwnFiles(site) : nil
        let folders = (own?.trees ?? [:]).merging(names.union(present).map { ($0, "\(ops)/\($0)") }) { $1 }
        let all = try await withThrowingTaskGroup(of: (String, PackedTree, String?).self) { group in
            for (name, folder) in folders.sorted(by: { $0.key < $1.key }) {
                group.addTask {
                    async let commit = CodeTrees.commit(of: folder)
                    let tree = try TreeReader.read(
                        name: name, at: folder, destination: "ops/\(name)", leavingOut: site.leftOut[name] ?? [])
                    return (name, try PackedTree(tree), await commit)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return CodeTrees(
            packed: Dictionary(uniqueKeysWithValues: all.map { ($0.0, $0.1) }),
            commits: Dictionary(uniqueKeysWithValues: all.compactMap { item in item.2.map { (item.0, $0) } }),
            own: (own?.trees.keys.sorted() ?? []).filter { !names.contains($0) }, etc: own?.etc ?? [])
    }

    /// Nil when the folder is no git checkout or there is no git: a release needs none.
    private static func commit(of folder: String) async -> String? {
        guard let head = await git(["rev-parse", "--short=12", "HEAD"], in: folder) else { return nil }
        let changes = await git(["status", "--porcelain", "--", "."], in: folder) ?? ""
        return changes.isEmpty ? head : head + "+dirty"
    }

    private static func git(_ arguments: [String], in folder: String) async -> String? {
        let result = try? await run(
            .name("git"), arguments: Arguments(["-C", folder] + arguments), output: .string(limit: 1 << 20),
            error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput.split(separator: "\n").joined(separator: "\n")
    }
}
