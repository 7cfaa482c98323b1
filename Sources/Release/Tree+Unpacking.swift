internal import Archive

extension Tree {
    /// A tree from its archive as the cluster keeps it, checked against what the release says of it. Of a tree that goes
    /// with an image the files that only the image holds are `elsewhere`.
    ///
    /// - Throws: `ReleaseError` (damaged) when archive, manifest or any member isn't what its digest says.
    package init(unpacking archive: [UInt8], _ facts: TreeFacts, limit: Int = 512 << 20) throws(ReleaseError) {
        func damaged(_ message: String) -> ReleaseError {
            ReleaseError(
                kind: .damaged, path: "the release's tree '\(facts.name)'", message: message,
                hint: "its pieces in the cluster were changed; a new 'sds update' stores what it needs again")
        }
        let digest = Digest(of: archive)
        guard archive.count == facts.size, digest == facts.archiveDigest else {
            throw damaged(
                "expected \(facts.size) bytes of SHA-256 \(facts.archiveDigest), found \(archive.count) of \(digest)")
        }
        var entries: [TreeEntry] = []
        var manifest: [UInt8] = []
        do throws(ArchiveError) {
            var reader = try ArchiveReader(archive, limits: .init(bytes: limit))
            while let member = try reader.next() {
                if member.entry.path == Tree.manifestPath {
                    manifest = member.contents
                } else {
                    entries.append(TreeEntry(member))
                }
            }
        } catch {
            throw damaged(error.description)
        }
        if facts.image == nil {
            self.init(name: facts.name, destination: facts.destination, entries: entries)
        } else {
            try self.init(
                name: facts.name, destination: facts.destination, manifest: manifest,
                members: Dictionary(entries.map { ($0.path, $0) }, uniquingKeysWith: { _, last in last }))
        }
        guard self.digest == facts.digest else {
            throw damaged("its members don't match its manifest \(facts.digest)")
        }
    }
}

extension TreeEntry {
    fileprivate init(_ member: ArchiveReader.Member) {
        let content: Content =
            switch member.entry.kind {
            case .file: .file(member.contents)
            case .directory: .directory
            case .link(let target): .link(target: target)
            }
        self.init(path: member.entry.path, content: content, mode: member.entry.mode)
    }
}
