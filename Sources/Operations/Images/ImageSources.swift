internal import FoundationEssentials
internal import Release

/// Where an image's context comes from on this machine.
package struct ImageSources: Sendable {
    /// The installation's data, with `images/`.
    package let share: String
    /// The checkout's folder of code trees.
    package let ops: String
    /// The operator's own additions: `OPS_HOME/verdi`.
    package let verdi: String
    /// Names of trees that the checkout may have: no own tree has one of them.
    private let checkout: Set<String>
    /// Paths of each code tree that no release needs.
    package let leftOut: [String: Set<String>]

    package init(
        share: Share, ops: String, verdi: String, checkout: Set<String>, leftOut: [String: Set<String>]
    ) {
        self.share = share.path
        self.ops = ops
        self.verdi = verdi
        self.checkout = checkout
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
        if !image.ownTrees.isEmpty { members += try ownMembers(of: image, bakes: bakes) }
        for tree in image.moreTrees where bakes && FileManager.default.fileExists(atPath: "\(ops)/\(tree)") {
            members.append(code(of: tree, at: "\(ops)/\(tree)", image))
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
        return declarations(files, of: tree, at: root, image) + (bakes ? [code(of: tree, at: root, image)] : [])
    }

    /// Files that declare packages; what has none of them needs none.
    private static let declarations = ["setup.py", "pyproject.toml", "requirements.txt"]

    /// What the operator dropped into `~/verdi/ops`: what it declares, and with `--bake` all of it.
    private func ownMembers(
        of image: ImageDeclaration, bakes: Bool
    ) throws(OperationError) -> [ContextMember] {
        let own = try OperatorTree.find(in: verdi, besides: checkout)
        return own.filter { $0.name != OperatorTree.configuration }.flatMap { tree in
            let isDeclaring = ImageSources.declarations.contains { file in
                FileManager.default.fileExists(atPath: "\(tree.folder)/\(file)")
            }
            return (isDeclaring ? declarations(image.ownTrees, of: tree.name, at: tree.folder, image) : [])
                + (bakes ? [code(of: tree.name, at: tree.folder, image)] : [])
        }
    }

    private func declarations(
        _ files: [String], of tree: String, at root: String, _ image: ImageDeclaration
    ) -> [ContextMember] {
        files.map { file in
            ContextMember(
                "declarations/\(tree)/\(file)", .path("\(root)/\(file)"),
                purpose: "a declaration of the tree '\(tree)'",
                isOptional: true, harmless: image.harmless)
        }
    }

    private func code(of tree: String, at root: String, _ image: ImageDeclaration) -> ContextMember {
        ContextMember(
            "trees/\(tree)", .path(root), purpose: "the tree '\(tree)'", leavingOut: leftOut[tree] ?? [],
            harmless: image.harmless, surveyedAs: "ops/\(tree)")
    }
}
