internal import Archive
internal import Cluster
internal import Dispatch

/// A pod's tar stream on its way into a stage: read by a task, unpacked by a thread.
struct Unpacking: Sendable {
    struct Unpacked: Sendable {
        var entries: [CopiedEntry]
        var digests: [ContentDigest?]
    }

    /// As the operator wrote it.
    let source: String

    /// - Parameter events: what the command gives off, until its status.
    func callAsFunction(
        _ extraction: Extraction, _ events: @escaping @Sendable () async throws -> ExecEvent?
    ) async throws -> Unpacked {
        let handoff = Handoff()
        async let unpacking = Unpacking.run(extraction, handoff)
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

    private static func run(_ extraction: Extraction, _ handoff: Handoff) async throws -> Unpacked {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                var extraction = extraction
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
    }
}
