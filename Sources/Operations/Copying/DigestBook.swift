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

    private func read(_ index: Int) throws(OperationError) -> ContentDigest {
        let file = try SourceFile(source, index)
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, min(file.size, 256 << 10)), alignment: 16)
        defer { buffer.deallocate() }
        var offset = 0
        while offset < file.size {
            let count = min(buffer.count, file.size - offset)
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            try file.read(at: offset, into: piece)
            hash.update(bufferPointer: UnsafeRawBufferPointer(piece))
            offset += count
        }
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
