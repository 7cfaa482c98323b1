internal import FoundationEssentials
internal import Release

/// Where an image's context comes from on this machine.
package struct ImageSources: Sendable {
    /// The installation's data, with `images/`.
    package let share: String
    /// The checkout's folder of code trees.
    package let ops: String
    /// The folder of the operator's own trees: `OPS_HOME/verdi/ops`.
    package let ownOps: String
    /// Paths of each code tree that no release needs.
    package let leftOut: [String: Set<String>]

    package init(share: Share, ops: String, ownOps: String, leftOut: [String: Set<String>]) {
        self.share = share.path
        self.ops = ops
        self.ownOps = ownOps
        self.leftOut = leftOut
    }

    /// What goes into an image's context.
    ///
    /// - Parameter bakes: the code trees themselves too.
    /// - Throws: `OperationError` (usage) for a tree that isn't there: which, and where it was looked for.
    func members(of image: ImageDeclaration, bakes: Bool) throws(OperationError) -> [ContextMember] {
        var members = image.context.map { place, source in
            ContextMember(
                place, .path("\(share)/\(source)"), purpose: "the image's own \(place)", ignoreRoot: "\(share)/images",
                harmless: image.harmless)
        }
        members.append(ContextMember("declarations", .emptyFolder, purpose: "the trees' declarations"))
        members.append(ContextMember("trees", .emptyFolder, purpose: "the trees"))
        for (tree, files) in image.trees { members += try self.members(of: tree, files, in: ops, image, bakes: bakes) }
        if !image.ownTrees.isEmpty {
            for tree in try ownTrees() where image.trees[tree] == nil {
                members += try self.members(of: tree, image.ownTrees, in: ownOps, image, bakes: bakes)
            }
        }
        // A folder that gets something is made by it.
        return members.filter { member in
            member.source != .emptyFolder || !members.contains { $0.destination.hasPrefix(member.destination + "/") }
        }
    }

    private func members(
        of tree: String, _ files: [String], in folder: String, _ image: ImageDeclaration, bakes: Bool
    ) throws(OperationError) -> [ContextMember] {
        let root = "\(folder)/\(tree)"
        guard FileManager.default.fileExists(atPath: root) else {
            throw OperationError(
                .usage, "\(image.short): the repository '\(tree)' is missing: looked in \(folder)",
                hint: "check it out there, or name the folder of the checkout with --ops")
        }
        guard files.contains(where: { FileManager.default.fileExists(atPath: "\(root)/\($0)") }) else {
            throw OperationError(
                .usage, "\(image.short): \(root) declares no packages: expected \(files.joined(separator: " or "))",
                hint: "list its files under `\(image.short): {trees: {\(tree): […]}}` in ~/.sds/files/images.yaml")
        }
        var members = files.map { file in
            ContextMember(
                "declarations/\(tree)/\(file)", .path("\(root)/\(file)"),
                purpose: "a declaration of the tree '\(tree)'",
                isOptional: true, harmless: image.harmless)
        }
        if bakes {
            members.append(
                ContextMember(
                    "trees/\(tree)", .path(root), purpose: "the tree '\(tree)'", leavingOut: leftOut[tree] ?? [],
                    harmless: image.harmless))
        }
        return members
    }

    private func ownTrees() throws(OperationError) -> [String] {
        guard FileManager.default.fileExists(atPath: ownOps) else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: ownOps)
        } catch {
            throw OperationError(.usage, "cannot read the folder \(ownOps): \(error)")
        }
        // Of these the checkout's own copies count, and what declares nothing needs nothing.
        return names.sorted().filter { name in
            !["osaka", "prov_es", "hysds_commons", "hysds", "sciflo", "chimera"].contains(name)
                && !name.hasPrefix(".")
                && ["setup.py", "pyproject.toml", "requirements.txt"].contains {
                    FileManager.default.fileExists(atPath: "\(ownOps)/\(name)/\($0)")
                }
        }
    }
}
