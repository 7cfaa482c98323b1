internal import Archive
internal import Glibc

/// A stream in its compressed form, in a file without a name: pods need to know its size before it is sent, and many
/// take the same.
final class Spool: Sendable {
    /// What is compressed before it is decided whether that gains anything: bytes.
    private static let sample = 2 << 20
    /// Parts of a hundred that must be left at most.
    private static let gain = 90

    let size: Int
    private let descriptor: Int32

    var count: Int { (size + PackStream.pieceSize - 1) / PackStream.pieceSize }

    private init(_ descriptor: Int32, size: Int) {
        self.descriptor = descriptor
        self.size = size
    }

    deinit {
        close(descriptor)
    }

    /// Nil when it shrinks too little, or there is no place for it: then the stream goes as it is.
    ///
    /// - Throws: `OperationError` that names a file that can't be read or has changed.
    static func make(of stream: PackStream, in folder: String) async throws -> Spool? {
        guard let descriptor = temporaryFile(in: folder) else { return nil }
        var isKept = false
        defer { if !isKept { close(descriptor) } }
        let written = SpoolTally()
        do {
            let writer = try GzipWriter { bytes in
                written.count += bytes.count
                do throws(OperationError) {
                    try FolderHandle.write(bytes, to: descriptor, named: [])
                    return true
                } catch {
                    return false
                }
            }
            var taken = 0
            for number in 0..<stream.count {
                let piece = try await stream.piece(number)
                try piece.withUnsafeBytes { try writer.write($0) }
                taken += piece.count
                if taken >= sample, written.count * 100 > taken * gain { return nil }
            }
            try writer.close()
        } catch is ArchiveError {
            return nil
        }
        guard written.count * 100 <= stream.layout.size * gain else { return nil }
        isKept = true
        return Spool(descriptor, size: written.count)
    }

    private static func temporaryFile(in folder: String) -> Int32? {
        mkdir(folder, 0o700)
        var path = Array("\(folder)/spool-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(path)
        return descriptor
    }

    func piece(_ number: Int) throws(OperationError) -> [UInt8] {
        let start = number * PackStream.pieceSize
        let wanted = min(size - start, PackStream.pieceSize)
        var done = 0
        let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while done < wanted {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + done }, wanted - done, off_t(start + done))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { break }
                done += got
            }
            count = done
        }
        guard done == wanted else { throw OperationError(.failed, "what was compressed can't be read back") }
        return piece
    }
}

private final class SpoolTally {
    var count = 0
}
