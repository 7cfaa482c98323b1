internal import Cluster

extension PodConversation {
    /// Names in one request: many pods' answers are in memory at the same time.
    private static var mostNames: Int { 2000 }

    /// The pod's own digests of files, by index; what it can't read is left out.
    ///
    /// - Parameters:
    ///   - place: `target` or `stage`.
    ///   - top: the name of an entry with the empty path there.
    mutating func digests(
        of indices: [Int], in entries: [CopiedEntry], at place: String, top: String?
    ) async throws -> [Int: ContentDigest] {
        var digests: [Int: ContentDigest] = [:]
        for start in stride(from: 0, to: indices.count, by: PodConversation.mostNames) {
            let some = Array(indices[start..<min(start + PodConversation.mostNames, indices.count)])
            let list = NameList(entries, some, top: Array((top ?? "").utf8))
            let answer = try await ask("hash \(place) \(list.bytes.count)", list.bytes, limit: list.limit(fields: 80))
            digests.merge(list.digests(answer.bytes)) { _, new in new }
        }
        return digests
    }

    /// The digest of a file's first bytes, and the file is what `append` and `rest` mean from then on.
    mutating func prefix(
        of index: Int, in entries: [CopiedEntry], count: Int, at place: String, top: String
    ) async throws -> ContentDigest? {
        // Without the NUL.
        let name = NameList(entries, [index], top: Array(top.utf8)).bytes.dropLast()
        guard try await ask("pick \(name.count)", Array(name)).status == 0 else { return nil }
        return ContentDigest(hex: try await ask("prefix \(place) \(count)").bytes.prefix(64))
    }
}
