internal import Archive
internal import Cluster

/// Brings a file or folder from one pod to this machine: unpacked beside its place, compared with the pod's own digests,
/// then put in place by renames. Whatever goes wrong before that leaves the place as it was.
///
/// Where nothing is yet, all comes at once. Otherwise the pod lists what it has, and only files come that are neither in
/// place nor in the stage of a download that was cut short (`Download+Delta.swift`).
struct Download: Sendable {
    let source: String
    /// The name that it gets here.
    let target: String
    /// The cluster, namespace, pod and container, in one text.
    let pod: String

    var top: String { CopyPath.name(of: source) ?? "" }
    /// What answers questions about the source.
    var asking: [String] { CopyScript.take(source, into: .never, name: "", pod: "-", identity: "-", prints: false) }

    func callAsFunction(_ commands: some PodCommands, _ result: inout CopyReport.Pod) async throws {
        let stage = try LocalStage(for: target, of: "\(pod)\u{0}\(source)")
        do {
            let isSomethingHere = stage.isTakenOver || stage.existing != nil || stage.isFileThere
            if isSomethingHere, let delta = try await delta(stage, commands) {
                note(delta.members, delta.digests, &result)
                (result.sentFiles, result.sentBytes) = (delta.sentFiles, delta.sentBytes)
                result.resumedFiles = delta.resumedFiles
                result.result = try stage.commit(delta.members, keeping: delta.kept) ? .copied : .unchanged
            } else {
                stage.clear()
                let (entries, digests) = try await whole(stage, commands)
                note(entries, digests, &result)
                (result.sentFiles, result.sentBytes) = (result.files, result.bytes)
                try stage.commit(entries)
                result.result = .copied
            }
            stage.remove()
        } catch {
            // What came is right as far as it goes, unless we have found that it isn't.
            if error is ClusterError || error is CancellationError || Task.isCancelled {
                stage.leave()
            } else {
                stage.remove()
            }
            throw error
        }
    }

    private func note(_ entries: [CopiedEntry], _ digests: [ContentDigest?], _ result: inout CopyReport.Pod) {
        let files = entries.filter { $0.kind == .file }
        result.path = target
        result.files = files.count
        result.bytes = files.reduce(0) { $0 + $1.size }
        let parts = entries.map { $0.path.split(separator: UInt8(ascii: "/")) }
        let order = entries.indices.sorted {
            parts[$0].lexicographicallyPrecedes(parts[$1]) { $0.lexicographicallyPrecedes($1) }
        }
        result.digest = CopyDigest.content(order.map { entries[$0] }, order.map { digests[$0] })?.description
    }

    // MARK: - All of it

    private func whole(
        _ stage: LocalStage, _ commands: some PodCommands
    ) async throws -> ([CopiedEntry], [ContentDigest?]) {
        let unpacking = Unpacking(source: source)
        let unpacked = try await commands.run(CopyScript.give(source), hasInput: false) { channel in
            try await unpacking(Extraction(into: stage.folder)) { try await channel.next() }
        }
        let files = unpacked.entries.indices.filter { unpacked.entries[$0].kind == .file }
        if !files.isEmpty {
            let top = top
            let digests = try await commands.run(asking, hasInput: true) { channel in
                try await Download.digests(channel, of: files, in: unpacked.entries, top: top)
            }
            try compare(unpacked.entries, files, unpacked.digests, with: digests)
        }
        return (unpacked.entries, unpacked.digests)
    }

    private static func digests(
        _ channel: some PodChannel, of files: [Int], in entries: [CopiedEntry], top: String
    ) async throws -> [Int: ContentDigest] {
        var pod = PodConversation(channel)
        _ = try await pod.greeting()
        let digests = try await pod.digests(of: files, in: entries, at: "target", top: top)
        try await pod.end()
        return digests
    }

    /// - Throws: a digest mismatch that names the first file that is other than the pod's.
    func compare(
        _ entries: [CopiedEntry], _ files: [Int], _ ours: [ContentDigest?], with theirs: [Int: ContentDigest]
    ) throws(OperationError) {
        let wrong = files.filter { theirs[$0] == nil || theirs[$0] != ours[$0] }
        guard let first = wrong.first else { return }
        let path = entries[first].path
        throw OperationError(
            .mismatch, "\(wrong.count) files did not come as the pod holds them",
            causes: [
                "\((path.isEmpty ? Array(source.utf8) : path).asName): the pod has SHA-256 "
                    + "\(theirs[first]?.description ?? "none"), \(ours[first]?.description ?? "none") came"
            ],
            hint: "were they written meanwhile? nothing was changed here; run it again")
    }
}
