internal import Archive
internal import Cluster
internal import Dispatch

/// Brings a file or folder from one pod to this machine: unpacked beside its place, compared with the pod's own digests,
/// then put in place by renames. Whatever goes wrong before that leaves the place as it was.
struct Download: Sendable {
    /// What happens on the thread that unpacks.
    private struct Unpacked: Sendable {
        var entries: [CopiedEntry]
        var digests: [ContentDigest?]
    }

    let source: String
    /// The name that it gets here.
    let target: String

    /// - Parameters:
    ///   - events: what the giving script gives off.
    ///   - asking: starts the taking script, to ask for digests.
    func callAsFunction(
        events: @escaping @Sendable () async throws -> ExecEvent?,
        asking: (
            _ body: @escaping @Sendable (any PodChannel) async throws -> [Int: ContentDigest],
            _ command: [String]
        ) async throws -> [Int: ContentDigest],
        _ result: inout CopyReport.Pod
    ) async throws {
        let stage = try LocalStage(for: target)
        defer { stage.remove() }
        let unpacked = try await unpack(stage, events)
        let files = unpacked.entries.indices.filter { unpacked.entries[$0].kind == .file }
        if !files.isEmpty {
            let top = CopyPath.name(of: source) ?? ""
            let list = NameList(unpacked.entries, files, top: Array(top.utf8))
            let (bytes, limit) = (list.bytes, list.limit(fields: 80))
            let digests = try await asking(
                { channel in
                    try await Download.ask(channel, list, bytes, limit)
                },
                CopyScript.take(source, into: .never, name: "", pod: "-", identity: "-", prints: false))
            try compare(unpacked, files, digests)
        }
        try stage.commit(unpacked.entries)
        result.result = .copied
        result.path = target
        result.files = files.count
        result.bytes = files.reduce(0) { $0 + unpacked.entries[$1].size }
        (result.sentFiles, result.sentBytes) = (result.files, result.bytes)
        let order = unpacked.entries.indices.sorted {
            unpacked.entries[$0].path.split(separator: UInt8(ascii: "/")).lexicographicallyPrecedes(
                unpacked.entries[$1].path.split(separator: UInt8(ascii: "/"))
            ) { $0.lexicographicallyPrecedes($1) }
        }
        result.digest =
            CopyDigest.content(order.map { unpacked.entries[$0] }, order.map { unpacked.digests[$0] })?
            .description
    }

    private static func ask(
        _ channel: any PodChannel, _ list: NameList, _ bytes: [UInt8], _ limit: Int
    ) async throws -> [Int: ContentDigest] {
        func ask(_ channel: some PodChannel) async throws -> [Int: ContentDigest] {
            var pod = PodConversation(channel)
            _ = try await pod.greeting()
            let digests = list.digests(try await pod.ask("hash target \(bytes.count)", bytes, limit: limit).bytes)
            try await pod.end()
            return digests
        }
        return try await ask(channel)
    }

    private func compare(
        _ unpacked: Unpacked, _ files: [Int], _ digests: [Int: ContentDigest]
    ) throws(OperationError) {
        let wrong = files.filter { digests[$0] != unpacked.digests[$0] }
        guard let first = wrong.first else { return }
        let path = unpacked.entries[first].path
        throw OperationError(
            .mismatch, "\(wrong.count) files did not come as the pod holds them",
            causes: [
                "\((path.isEmpty ? Array(source.utf8) : path).asName): the pod has SHA-256 "
                    + "\(digests[first]?.description ?? "none"), \(unpacked.digests[first]?.description ?? "none") came"
            ],
            hint: "were they written meanwhile? nothing was changed here; run it again")
    }

    private func unpack(
        _ stage: LocalStage, _ events: @escaping @Sendable () async throws -> ExecEvent?
    ) async throws -> Unpacked {
        let handoff = Handoff()
        let folder = stage.folder
        // Only the thread uses the folder until it is done.
        nonisolated(unsafe) let handle = folder
        async let unpacking: Unpacked = withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                var extraction = Extraction(into: handle)
                do {
                    try extraction.run { handoff.take() }
                    handoff.refuse()
                    continuation.resume(
                        returning: Unpacked(entries: extraction.entries, digests: extraction.digests))
                } catch {
                    handoff.refuse()
                    continuation.resume(throwing: error)
                }
            }
        }
        var said: [UInt8] = []
        var status: ExecStatus?
        var isTaken = true
        do {
            while isTaken, let event = try await events() {
                switch event {
                case .output(let bytes): isTaken = await handoff.give(bytes)
                case .errors(let bytes): said += bytes.prefix(max(0, 4000 - said.count))
                case .status(let last): status = last
                }
            }
        } catch {
            handoff.end()
            // That the stream broke off tells more than what it broke.
            do { _ = try await unpacking } catch let own as OperationError where !isTaken { throw own } catch {}
            throw error
        }
        handoff.end()
        let text = String(decoding: said, as: UTF8.self).split(separator: "\n").joined(separator: " | ").printable
        if isTaken {
            guard let status, status.isSuccess, said.isEmpty else {
                do { _ = try await unpacking } catch {}
                switch status {
                case .failed(let message)?: throw OperationError(.failed, message.printable)
                default:
                    throw OperationError(
                        .failed, "\(source.printable): " + (text.isEmpty ? "the pod's tar failed" : text))
                }
            }
        }
        do {
            return try await unpacking
        } catch let error as ArchiveError {
            throw OperationError(.failed, error.description.printable, hint: "nothing was written")
        }
    }
}
