/// What a pod lacks of a source, and what of it has only to be put right.
struct UploadPlan: Equatable {
    /// What a pod is known to hold at an entry's path.
    struct Held: Equatable {
        var kind: CopiedEntry.Kind
        var mode: UInt16
        var size: Int
        var time: Int
        var digest: ContentDigest?
        /// Nil: not known.
        var target: [UInt8]?
    }

    /// Different times that are set one by one; files with more are sent again, which is faster.
    private static let mostTimes = 64

    /// Indices of the entries that are sent, ascending.
    private(set) var sent: [Int] = []
    private(set) var modes: [UInt16: [Int]] = [:]
    private(set) var times: [Int: [Int]] = [:]

    var isEmpty: Bool { sent.isEmpty && modes.isEmpty && times.isEmpty }

    /// - Parameters:
    ///   - held: by index; nil for a target that doesn't exist.
    ///   - digests: by index; needed where a file of the same size is held.
    /// - Throws: `OperationError` that names what is a folder on one side only.
    init(
        _ entries: [CopiedEntry], held: [Int: Held]?, digests: [ContentDigest?]
    ) throws(OperationError) {
        guard let held else {
            sent = Array(entries.indices)
            return
        }
        var conflicts: [String] = []
        for (index, entry) in entries.enumerated() {
            guard let other = held[index] else {
                sent.append(index)
                continue
            }
            if (other.kind == .folder) != (entry.kind == .folder) {
                let words = entry.kind == .folder ? "a folder here, none in the pod" : "a folder in the pod, none here"
                conflicts.append("\(entry.path.asName): \(words)")
                continue
            }
            // The folder that gets the copy is its owner's.
            if entry.path.isEmpty && entry.kind == .folder { continue }
            switch entry.kind {
            case .folder: break
            case .link:
                if other.kind != .link || other.target != entry.target { sent.append(index) }
                continue
            case .file:
                guard other.kind == .file, other.size == entry.size, let digest = digests[index],
                    other.digest == digest
                else {
                    sent.append(index)
                    continue
                }
                if other.time != entry.time { times[entry.time, default: []].append(index) }
            }
            if other.mode != entry.mode { modes[entry.mode, default: []].append(index) }
        }
        guard conflicts.isEmpty else {
            throw OperationError(
                .failed, "what is there can't become what is copied", causes: Array(conflicts.prefix(20)),
                hint: "take it away in the pod, or copy to another place; nothing was changed")
        }
        if times.count > UploadPlan.mostTimes {
            let again = Set(times.values.joined())
            times = [:]
            sent = (sent + again).sorted()
            modes = modes.mapValues { $0.filter { !again.contains($0) } }.filter { !$0.value.isEmpty }
        }
    }
}
