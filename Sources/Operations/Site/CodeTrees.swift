internal import FoundationEssentials
internal import HySDS
internal import Release
internal import Subprocess

/// The checkout's code trees, each read, packed and hashed once however many workloads get it.
struct CodeTrees: Sendable {
    let packed: [String: PackedTree]
    /// Commit of each tree, with `+dirty` for uncommitted changes; without the trees that no git manages.
    let commits: [String: String]

    /// The operator's own, which workloads with the tree `*` get.
    let own: [OperatorTree]

    /// The word in `sds.hysds.org/more-trees` for all of the operator's own trees.
    private static let everyOwn = "*"

    /// The trees of a workload that there are: its own, all of which must exist, then those it takes when they do.
    func names(of workload: Workload) -> [String] {
        let more = workload.moreTrees.flatMap { $0 == CodeTrees.everyOwn ? own.map(\.name) : [$0] }
        return workload.trees + more.filter { packed[$0] != nil && !workload.trees.contains($0) }
    }

    /// All that these workloads need.
    ///
    /// - Throws: `ReleaseError` that names the tree, the file and the place looked in.
    static func read(for workloads: [Workload], of site: Site) async throws -> CodeTrees {
        let optional = Set(workloads.flatMap(\.moreTrees))
        let present = optional.filter { FileManager.default.fileExists(atPath: "\(site.ops)/\($0)") }
        let own =
            optional.contains(everyOwn) ? try OperatorTree.find(in: site.verdi, besides: site.topology.treeNames) : []
        let standard = Set(workloads.flatMap(\.trees)).union(present).subtracting([everyOwn]).sorted()
        let wanted =
            standard.map { OperatorTree(name: $0, folder: "\(site.ops)/\($0)", destination: "ops/\($0)") } + own
        let all = try await withThrowingTaskGroup(of: (String, PackedTree, String?).self) { group in
            for place in wanted {
                group.addTask {
                    async let commit = CodeTrees.commit(of: place.folder)
                    let leftOut =
                        place.name == OperatorTree.configuration
                        ? OperatorTree.renderedNames : site.leftOut[place.name] ?? []
                    let tree = try TreeReader.read(
                        name: place.name, at: place.folder, destination: place.destination, leavingOut: leftOut)
                    return (place.name, try PackedTree(tree), await commit)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return CodeTrees(
            packed: Dictionary(uniqueKeysWithValues: all.map { ($0.0, $0.1) }),
            commits: Dictionary(uniqueKeysWithValues: all.compactMap { item in item.2.map { (item.0, $0) } }), own: own)
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
