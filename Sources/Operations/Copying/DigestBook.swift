internal import Crypto
internal import Glibc
internal import Synchronization

/// The digests of a source's files: each is computed once, by whoever needs it first.
final class DigestBook: Sendable {
    let source: LocalSource
    private let digests: Mutex<[ContentDigest?]>
    /// Held while a file is read, so that no other task reads it too.
    private let reading = Mutex(())

    /// - Parameter known: by entry; what is known of files that haven't changed since.
    init(_ source: LocalSource, known: [ContentDigest?]) {
        self.source = source
        digests = Mutex(known)
    }

    var all: [ContentDigest?] { digests.withLock(\.self) }

    subscript(index: Int) -> ContentDigest? {
        digests.withLock { $0[index] }
    }

    func note(_ digest: ContentDigest, of index: Int) {
        digests.withLock { $0[index] = digest }
    }

    /// - Throws: `OperationError` that names a file that can't be read or changes meanwhile.
    func digest(of index: Int) throws(OperationError) -> ContentDigest {
        if let known = self[index] { return known }
        let result = reading.withLock { _ in
            Result { () throws(OperationError) in
                if let known = self[index] { return known }
                return try read(index)
            }
        }
        return try result.get()
    }

    /// Of a file's first bytes; that of the whole is known then, too.
    func digest(of index: Int, first count: Int) throws(OperationError) -> ContentDigest {
        let file = try SourceFile(source, index)
        var hash = SHA256()
        try file.take(0, count, into: &hash)
        let prefix = ContentDigest(hash.finalize())
        if self[index] == nil {
            try file.take(count, file.size, into: &hash)
            note(ContentDigest(hash.finalize()), of: index)
        }
        return prefix
    }

    func bytes(of index: Int, at offset: Int, count: Int) throws(OperationError) -> [UInt8] {
        let file = try SourceFile(source, index)
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: OperationError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(OperationError) { try file.read(at: offset, into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    private func read(_ index: Int) throws(OperationError) -> ContentDigest {
        let file = try SourceFile(source, index)
        var hash = SHA256()
        try file.take(0, file.size, into: &hash)
        let digest = ContentDigest(hash.finalize())
        note(digest, of: index)
        return digest
    }

    func computeAll() throws(OperationError) {
        for (index, entry) in source.entries.enumerated() where entry.kind == .file { _ = try digest(of: index) }
    }
}

/// A file of a source while it is read: as it was when the source was looked at, or an error.
struct SourceFile: ~Copyable {
    let size: Int
    private let descriptor: Int32
    private let entry: CopiedEntry
    private let root: String

    init(_ source: LocalSource, _ index: Int) throws(OperationError) {
        entry = source.entries[index]
        root = source.root
        size = entry.size
        descriptor = open(LocalSource.location(source.root, entry.path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw SourceFile.failure(root, entry, String(cString: strerror(errno)))
        }
        try check()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Fills the buffer.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(OperationError) {
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
            guard count != 0 else { throw changed }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw SourceFile.failure(root, entry, String(cString: strerror(errno)))
            }
            done += count
        }
        if offset + done == size { try check() }
    }

    /// Hashes what lies between two places.
    func take(_ start: Int, _ end: Int, into hash: inout SHA256) throws(OperationError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(1, min(end - start, 256 << 10)), alignment: 16)
        defer { buffer.deallocate() }
        var offset = start
        while offset < end {
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, end - offset)])
            try read(at: offset, into: piece)
            hash.update(bufferPointer: UnsafeRawBufferPointer(piece))
            offset += piece.count
        }
    }

    private func check() throws(OperationError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, Int(status.st_size) == size,
            CopiedEntry.Stamp(status).isSameContent(as: entry.stamp)
        else { throw changed }
    }

    private var changed: OperationError { SourceFile.failure(root, entry, "it changed while it was copied") }

    private static func failure(_ root: String, _ entry: CopiedEntry, _ reason: String) -> OperationError {
        let place = entry.path.isEmpty ? root : "\(root)/\(String(decoding: entry.path, as: UTF8.self))"
        return OperationError(
            .failed, "\(place.printable): \(reason)", hint: "no pod has taken it over; run the same command again")
    }
}

extension CopiedEntry.Stamp {
    fileprivate func isSameContent(as other: CopiedEntry.Stamp) -> Bool {
        inode == other.inode && device == other.device && modified == other.modified
    }
}
