internal import Crypto

/// A tar stream that many pods read: each piece is packed and hashed once and handed to all of them without a copy.
///
/// Pods that keep up share what is in memory; one that falls behind further than that has its pieces packed again, so
/// that it holds up nobody and memory stays bounded.
actor PackStream {
    /// Bytes of a piece, which is a frame: smaller costs, larger takes memory for each pod.
    static let pieceSize = 256 << 10
    /// Pieces kept for those that follow.
    private static let kept = 20

    nonisolated let layout: TarLayout
    private let book: DigestBook
    private var pieces: [Int: [UInt8]] = [:]
    /// The first piece that hasn't been packed yet.
    private var next = 0
    private var hash = SHA256()

    nonisolated var count: Int { (layout.size + PackStream.pieceSize - 1) / PackStream.pieceSize }

    init(_ layout: TarLayout, _ book: DigestBook) {
        self.layout = layout
        self.book = book
    }

    /// - Throws: `OperationError` that names a file that can't be read or has changed.
    func piece(_ number: Int) throws(OperationError) -> [UInt8] {
        if let piece = pieces[number] { return piece }
        let isFirst = number == next
        let piece = try pack(number, hashing: isFirst)
        if isFirst {
            next += 1
            pieces[number] = piece
            pieces[number - PackStream.kept] = nil
        }
        return piece
    }

    private func pack(_ number: Int, hashing: Bool) throws(OperationError) -> [UInt8] {
        let start = number * PackStream.pieceSize
        let end = min(layout.size, start + PackStream.pieceSize)
        var failure: OperationError?
        let piece = [UInt8](unsafeUninitializedCapacity: end - start) { buffer, count in
            count = end - start
            buffer.initialize(repeating: 0)
            do throws(OperationError) {
                try fill(UnsafeMutableRawBufferPointer(buffer), from: start, hashing: hashing)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return piece
    }

    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from start: Int, hashing: Bool
    ) throws(OperationError) {
        var index = layout.part(at: start)
        var done = 0
        while done < buffer.count {
            let part = layout.parts[index]
            let skip = start + done - layout.offsets[index]
            let count = min(part.size - skip, buffer.count - done)
            let place = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count])
            switch part {
            case .header(let entry, _):
                layout.header(of: book.source.entries[entry]).withUnsafeBytes {
                    place.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[skip..<skip + count]))
                }
            case .zeros: break
            case .file(let entry, let size):
                try SourceFile(book.source, entry).read(at: skip, into: place)
                if hashing { digest(place, of: entry, isLast: skip + count == size) }
            }
            done += count
            index += 1
        }
    }

    private func digest(_ bytes: UnsafeMutableRawBufferPointer, of entry: Int, isLast: Bool) {
        guard book[entry] == nil else { return }
        hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        guard isLast else { return }
        book.note(ContentDigest(hash.finalize()), of: entry)
        hash = SHA256()
    }
}

/// The streams of one copy: pods that lack the same share one.
actor PackShelf {
    private let book: DigestBook
    /// Where compressed streams lie; nil: there are none.
    private let folder: String?
    private var streams: [[Int]: PackStream] = [:]
    private var spools: [[Int]: Task<Spool?, any Error>] = [:]

    nonisolated var canCompress: Bool { folder != nil }

    init(_ book: DigestBook, spoolingIn folder: String? = nil) {
        self.book = book
        self.folder = folder
    }

    func stream(of chosen: [Int]) -> PackStream {
        if let stream = streams[chosen] { return stream }
        let stream = PackStream(TarLayout(book.source.entries, chosen), book)
        streams[chosen] = stream
        return stream
    }

    /// The same, compressed by whoever asks first; nil when that gains nothing.
    func compressed(_ chosen: [Int]) async throws -> Spool? {
        guard let folder else { return nil }
        if let spool = spools[chosen] { return try await spool.value }
        let stream = stream(of: chosen)
        let spool = Task { try await Spool.make(of: stream, in: folder) }
        spools[chosen] = spool
        return try await spool.value
    }
}
