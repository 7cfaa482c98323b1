internal import FoundationEssentials
internal import HySDS
internal import Release
internal import Subprocess

/// The checkout's code trees, each read, packed and hashed once however many workloads get it.
struct CodeTrees: Sendable {
    /// By name; of a tree that images hold, what goes with each of its states there, by that state's digest.
    let packed: [String: [Release.Digest?: PackedTree]]
    /// Commit of each tree, with `+dirty` for uncommitted changes; without the trees that no git manages.
    let commits: [String: String]

    /// The operator's own, which workloads with the tree `*` get.
    let own: [OperatorTree]
    /// What the operator should know of trees that images hold.
    let notes: [String]

    static let none = CodeTrees(packed: [:], commits: [:], own: [], notes: [])

    /// The word in `sds.hysds.org/more-trees` for all of the operator's own trees.
    private static let everyOwn = "*"

    /// The trees of a workload that there are: its own, all of which must exist, then those it takes when they do.
    func names(of workload: Workload) -> [String] {
        let more = workload.moreTrees.flatMap { $0 == CodeTrees.everyOwn ? own.map(\.name) : [$0] }
        return workload.trees + more.filter { packed[$0] != nil && !workload.trees.contains($0) }
    }

    /// The trees of a workload, ready to be stored.
    ///
    /// - Parameter image: what its image holds.
    func content(of workload: Workload, on image: BakedTrees) -> [PackedTree] {
        names(of: workload).compactMap { name in
            packed[name]?[image[name]?.digest] ?? packed[name]?[nil]
        }
    }

    /// All that these workloads need.
    ///
    /// - Parameters:
    ///   - images: what each workload's image holds.
    ///   - stored: manifests of those trees.
    /// - Throws: `ReleaseError` that names the tree, the file and the place looked in.
    static func read(
        for workloads: [Workload], of site: Site, on images: [String: BakedTrees], _ stored: StoredTrees
    ) async throws -> CodeTrees {
        let optional = Set(workloads.flatMap(\.moreTrees))
        let present = optional.filter { FileManager.default.fileExists(atPath: "\(site.ops)/\($0)") }
        let own =
            optional.contains(everyOwn) ? try OperatorTree.find(in: site.verdi, besides: site.topology.treeNames) : []
        let standard = Set(workloads.flatMap(\.trees)).union(present).subtracting([everyOwn]).sorted()
        let wanted =
            standard.map { OperatorTree(name: $0, folder: "\(site.ops)/\($0)", destination: "ops/\($0)") } + own
        let all = try await withThrowingTaskGroup(of: (String, PackedStates, String?).self) { group in
            for place in wanted {
                let states = CodeTrees.states(of: place.name, for: workloads, on: images, own)
                group.addTask {
                    async let commit = CodeTrees.commit(of: place.folder)
                    let leftOut =
                        place.name == OperatorTree.configuration
                        ? OperatorTree.renderedNames : site.leftOut[place.name] ?? []
                    return (
                        place.name, try await PackedStates.pack(place, leavingOut: leftOut, on: states, stored),
                        await commit
                    )
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return CodeTrees(
            packed: Dictionary(uniqueKeysWithValues: all.map { ($0.0, $0.1.packed) }),
            commits: Dictionary(uniqueKeysWithValues: all.compactMap { item in item.2.map { (item.0, $0) } }), own: own,
            notes: all.sorted { $0.0 < $1.0 }.flatMap(\.1.notes))
    }

    /// The states in which the images of these workloads hold a tree; nil among them when one doesn't hold it.
    private static func states(
        of tree: String, for workloads: [Workload], on images: [String: BakedTrees], _ own: [OperatorTree]
    ) -> Set<TreeFacts?> {
        let users = workloads.filter { workload in
            workload.trees.contains(tree) || workload.moreTrees.contains(tree)
                || (workload.moreTrees.contains(everyOwn) && own.contains { $0.name == tree })
        }
        return Set(users.map { images[$0.name]?[tree] })
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
