internal import Cluster

/// How what a pod lacks gets there: the rest of files whose beginnings are there, then one archive.
extension Upload {
    /// Archives that are smaller aren't worth a question.
    private static let worthMeasuring = 4 << 20

    /// Unpacks the entries into the pod's stage.
    func unpack<Channel>(_ sending: [Int], _ pod: inout PodConversation<Channel>) async throws {
        let stream = await shelf.stream(of: sending)
        let unpacked: PodConversation<Channel>.Answer
        if let spool = try await compressed(stream, sending, &pod) {
            unpacked = try await pod.ask("tgz \(spool.size)", endsOnFailure: true) { channel in
                for number in 0..<spool.count { try await channel.write(try spool.piece(number)[...]) }
            }
        } else {
            unpacked = try await pod.ask("tar \(stream.layout.size)", endsOnFailure: true) { channel in
                for number in 0..<stream.count { try await channel.write(try await stream.piece(number)[...]) }
            }
        }
        // The script ends then by itself.
        guard unpacked.status == 0 else {
            throw OperationError(.failed, "unpacking: \(unpacked.text)", hint: "nothing was changed there")
        }
    }

    /// Nil unless the link is slow, the pod can unpack it and it shrinks.
    private func compressed(
        _ stream: PackStream, _ sending: [Int], _ pod: inout PodConversation<some PodChannel>
    ) async throws -> Spool? {
        guard shelf.canCompress, stream.layout.size >= Upload.worthMeasuring else { return nil }
        // A connection is slow at its beginning; the second time counts.
        for _ in 0..<2 where try await speed(stream, &pod) >= slow { return nil }
        guard try await pod.ask("has gzip").status == 0 else { return nil }
        return try await shelf.compressed(sending)
    }

    /// Bytes a second, by a piece that the pod throws away.
    private func speed(
        _ stream: PackStream, _ pod: inout PodConversation<some PodChannel>
    ) async throws -> Double {
        let piece = try await stream.piece(0)
        let start = ContinuousClock.now
        _ = try await pod.ask("skip \(piece.count)", piece)
        let time = (ContinuousClock.now - start) / .seconds(1)
        return Double(piece.count) / max(time, 1e-6)
    }

    /// Adds what files lack whose beginnings an earlier copy brought.
    ///
    /// - Parameter begun: how much of them is in the stage.
    /// - Returns: those that are whole now; the rest begin otherwise.
    func goOn(
        with begun: [Int: Int], _ pod: inout PodConversation<some PodChannel>
    ) async throws -> [Int] {
        var done: [Int] = []
        for (index, size) in begun.sorted(by: { $0.key < $1.key }) {
            let entry = entries[index]
            let prefix = try book.digest(of: index, first: size)
            guard try await pod.prefix(of: index, in: entries, count: size, at: "stage", top: "new") == prefix else {
                continue
            }
            let book = book
            let added = try await pod.ask("append \(entry.size - size)") { channel in
                for offset in stride(from: size, to: entry.size, by: PackStream.pieceSize) {
                    let count = min(PackStream.pieceSize, entry.size - offset)
                    try await channel.write(try book.bytes(of: index, at: offset, count: count)[...])
                }
            }
            guard added.status == 0 else {
                try await pod.end()
                throw OperationError(.failed, "adding to a file: \(added.text)", hint: "nothing was changed there")
            }
            try await tell("touch stage \(entry.time)", [index], top: "new", &pod)
            try await tell(
                "chmod stage \(String(TarLayout.stagedMode(of: entry), radix: 8))", [index], top: "new", &pod)
            done.append(index)
        }
        return done
    }
}
