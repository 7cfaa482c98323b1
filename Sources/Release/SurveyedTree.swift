internal import Archive

/// A tree on disk of which only the manifest is in memory: for trees that an image holds, however large.
package struct SurveyedTree: Equatable, Sendable {
    package let name: String
    package let destination: String
    /// On disk, without links.
    let root: String
    /// Sorted as a `Tree`'s are; files are `elsewhere`.
    let entries: [TreeEntry]
    package let manifest: [UInt8]
    package let digest: Digest

    init(name: String, destination: String, root: String, entries: [TreeEntry]) {
        let tree = Tree(name: name, destination: destination, entries: entries)
        (self.name, self.destination, self.root) = (name, destination, root)
        (self.entries, manifest, digest) = (tree.entries, tree.manifest, tree.digest)
    }

    /// Walks a tree as `--bake` packs it: what its ignore file names stays out.
    ///
    /// - Throws: `ReleaseError` as packing a context does; secrets are no matter here.
    package static func read(
        name: String, at root: String, destination: String, leavingOut: Set<String> = []
    ) throws(ReleaseError) -> SurveyedTree {
        let member = ContextMember(
            name, .path(root), purpose: "the tree '\(name)'", leavingOut: leavingOut, surveyedAs: destination)
        guard let walk = try ContextWalk(member, at: root, .nowhere, refusesSecrets: false) else {
            preconditionFailure("a walk of a member that isn't optional begins or throws")
        }
        try walk.run()
        return walk.surveyed
    }

    /// How many entries a holder of that state lacks, and the bytes of their files.
    package func lack(_ manifest: [UInt8]) -> (entries: Int, bytes: Int) {
        let lacked = entries(lackedBy: manifest)
        return (lacked.count, lacked.map(\.size).reduce(0, +))
    }

    /// The manifest, then the members that a holder of that state lacks: gzipped.
    func archive(lackedBy manifest: [UInt8], limit: Int) throws(ReleaseError) -> [UInt8] {
        func tooLarge(_ message: String) -> ReleaseError {
            ReleaseError(
                kind: .tooLarge, path: name, message: "what the image lacks of it: \(message)",
                hint:
                    "a release holds \(limit) compressed bytes at most; build the image anew, 'sds build IMAGE --bake' "
                    + "('sds update' does it unless -n is said)")
        }
        do {
            let writer = try ArchiveWriter(limit: limit)
            try writer.write(
                ArchiveEntry(path: Tree.manifestPath, kind: .file, mode: 0o644), contents: self.manifest)
            for entry in entries(lackedBy: manifest) { try writer.write(try read(entry)) }
            return try writer.close()
        } catch let error as ReleaseError {
            throw error
        } catch {
            throw tooLarge((error as? ArchiveError)?.message ?? "\(error)")
        }
    }

    /// The entry with its content.
    private func read(_ entry: TreeEntry) throws(ReleaseError) -> TreeEntry {
        guard case .elsewhere = entry.content else { return entry }
        let content = TreeEntry.Content.file(try TreeReader.contents(of: "\(root)/\(entry.path)"))
        guard content.isSame(as: entry.content) else {
            throw ReleaseError(
                kind: .changedWhileRead, path: "\(root)/\(entry.path)",
                message: "the file changed while the tree was read", hint: "run it again")
        }
        return TreeEntry(path: entry.path, content: content, mode: entry.mode)
    }

    private func entries(lackedBy manifest: [UInt8]) -> [TreeEntry] {
        let held = Set(manifest.split(separator: UInt8(ascii: "\n")).map { Array($0) })
        return entries.filter { !held.contains(Array(Tree.manifestLine(of: $0).dropLast())) }
    }
}

extension TreeEntry {
    /// Bytes of a file's content, 0 of all else.
    package var size: Int {
        switch content {
        case .file(let bytes): bytes.count
        case .elsewhere(let size, _): size
        case .directory, .link: 0
        }
    }
}
