internal import Cluster
internal import Release

/// The trees that images hold, by name: what `sds build --bake` recorded of them.
typealias BakedTrees = [String: TreeFacts]

/// One tree of the checkout: packed whole, or only what goes with each state of it that images hold.
struct PackedStates: Sendable {
    private(set) var packed: [Release.Digest?: PackedTree] = [:]
    private(set) var notes: [String] = []

    /// - Parameter states: those that images hold; nil for an image that holds none.
    static func pack(
        _ place: OperatorTree, leavingOut: Set<String>, on states: Set<TreeFacts?>, _ stored: StoredTrees
    ) async throws -> PackedStates {
        var result = PackedStates()
        var isNeededWhole = states.contains(nil)
        let held = states.compactMap(\.self)
        if !held.isEmpty {
            let tree = try SurveyedTree.read(
                name: place.name, at: place.folder, destination: place.destination, leavingOut: leavingOut)
            for state in held {
                guard state.digest != tree.digest else {
                    result.packed[state.digest] = try PackedTree(tree, onImageWith: tree.manifest)
                    continue
                }
                guard let manifest = try await stored.manifest(state) else {
                    isNeededWhole = true
                    continue
                }
                let packed = try PackedTree(tree, onImageWith: manifest)
                let lack = tree.lack(manifest)
                result.packed[state.digest] = packed
                result.notes.append(
                    "the tree '\(place.name)' has changed since it was put into the image: \(lack.entries) files and "
                        + "folders go with the release (\(packed.facts.size) bytes), the rest is taken from the image")
            }
        }
        if isNeededWhole {
            let tree = try TreeReader.read(
                name: place.name, at: place.folder, destination: place.destination, leavingOut: leavingOut)
            result.packed[nil] = try PackedTree(tree)
        }
        return result
    }
}
