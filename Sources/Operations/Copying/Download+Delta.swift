internal import Archive
internal import Cluster
internal import Crypto
internal import Glibc

extension Download {
    /// What a pod has, and what of it came.
    struct Delta: Sendable {
        var members: [CopiedEntry]
        var digests: [ContentDigest?]
        /// Files that are in place as they shall be.
        var kept: Set<Int> = []
        var sentFiles = 0
        var sentBytes = 0
        var resumedFiles = 0
    }

    /// Nil when the pod can't list what it has, or not as a whole: then all of it is asked for.
    func delta(_ stage: LocalStage, _ commands: some PodCommands) async throws -> Delta? {
        try await commands.run(asking, hasInput: true) { channel in
            do {
                return try await delta(stage, over: channel)
            } catch let error as ArchiveError {
                throw OperationError(.failed, error.description.printable, hint: "nothing was written")
            }
        }
    }

    private func delta(_ stage: LocalStage, over channel: some PodChannel) async throws -> Delta? {
        var pod = PodConversation(channel)
        let greeting = try await pod.greeting()
        var listed = ForeignMembers()
        guard greeting.kind == .folder || greeting.kind == .file,
            try await pod.records("list", fields: 2, each: { try listed.add($0[0], target: $0[1]) }) == 0,
            !listed.entries.isEmpty
        else {
            try await pod.end()
            return nil
        }
        let members = listed
        try stage.check(members.entries)
        let files = members.entries.indices.filter { members[$0].kind == .file }
        async let reading = HeldFiles(of: members, in: stage)
        let theirs = try await pod.digests(of: files, in: members.entries, at: "target", top: top)
        let held = try await reading
        var delta = Delta(members: members.entries, digests: members.entries.map { _ in nil })
        var lacking: [Int] = []
        for index in files {
            if let digest = held.staged[index], digest == theirs[index] {
                delta.digests[index] = digest
                delta.resumedFiles += 1
                if let (folder, name) = folder(of: members[index].path, stage) {
                    _ = try folder.correct(name, members[index].mode, members[index].time)
                }
            } else if let digest = held.placed[index], digest == theirs[index] {
                delta.digests[index] = digest
                delta.kept.insert(index)
            } else if let size = held.begun[index],
                let digest = try await goOn(with: index, of: members, from: size, in: stage, &pod)
            {
                delta.digests[index] = digest
                try compare(members.entries, [index], delta.digests, with: theirs)
                delta.resumedFiles += 1
                delta.sentBytes += members[index].size - size
            } else {
                if let (folder, name) = folder(of: members[index].path, stage) { folder.remove(name) }
                lacking.append(index)
            }
        }
        let links = members.entries.indices.filter { members[$0].kind == .link && !held.links.contains($0) }
        var extraction = Extraction(into: stage.folder, listed: members, files: Set(lacking), links: links)
        try extraction.makeFolders()
        guard !lacking.isEmpty else {
            try extraction.finish()
            try await pod.end()
            return delta
        }
        let names = NameList(members.entries, lacking, top: Array(top.utf8)).bytes
        async let asked: Void = {
            try await channel.write(Array("give \(names.count)\n".utf8)[...])
            try await channel.write(names[...])
        }()
        let unpacked = try await Unpacking(source: source)(extraction) { try await channel.next() }
        try await asked
        try compare(unpacked.entries, lacking, unpacked.digests, with: theirs)
        delta.members = unpacked.entries
        for index in lacking {
            delta.digests[index] = unpacked.digests[index]
            delta.sentBytes += unpacked.entries[index].size
        }
        delta.sentFiles = lacking.count
        return delta
    }

    /// The folder of the stage that a file lies in, and its name there.
    private func folder(of path: [UInt8], _ stage: LocalStage) -> (FolderHandle, ArraySlice<UInt8>)? {
        guard !path.isEmpty else { return (stage.folder, Extraction.top[...]) }
        let parts = path.split(separator: UInt8(ascii: "/"))
        return stage.folder.folder(at: [Extraction.top[...]] + parts.dropLast()).map { ($0, parts[parts.count - 1]) }
    }

    /// Has the rest of a file come whose beginning is in the stage.
    ///
    /// - Returns: the whole file's digest; nil when the pod's begins otherwise.
    private func goOn(
        with index: Int, of members: ForeignMembers, from size: Int, in stage: LocalStage,
        _ pod: inout PodConversation<some PodChannel>
    ) async throws -> ContentDigest? {
        let entry = members[index]
        guard let (folder, name) = folder(of: entry.path, stage), let file = folder.file(name, O_RDWR) else {
            return nil
        }
        defer { close(file) }
        var hash = SHA256()
        guard HeldFiles.read(file, count: size, into: &hash) else { return nil }
        let prefix = try await pod.prefix(of: index, in: members.entries, count: size, at: "target", top: top)
        guard prefix == ContentDigest(hash.finalize()) else { return nil }
        let status = try await pod.bytes("rest \(size + 1) \(entry.size - size)", count: entry.size - size) { piece in
            try piece.withUnsafeBytes { bytes in
                hash.update(bufferPointer: bytes)
                try FolderHandle.write(bytes, to: file, named: entry.path)
            }
        }
        guard status == 0 else { return nil }
        try FolderHandle.set(entry.mode, time: entry.time, of: file, named: entry.path)
        return ContentDigest(hash.finalize())
    }
}
