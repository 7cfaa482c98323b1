internal import CArchive

/// Writes a compressed pax archive into memory, byte-identical for identical members in identical order.
///
/// Close it to get the bytes; an archive that is dropped unclosed frees its memory and gives none.
package struct ArchiveWriter: ~Copyable {
    private let archive: PaxArchive
    private let memory: Memory

    package enum Compression: Sendable {
        case gzip, bzip2
    }

    /// - Parameter limit: how many compressed bytes the archive may take before `write` throws.
    package init(limit: Int, compression: Compression = .gzip) throws(ArchiveError) {
        let memory = Memory(limit: limit)
        archive = try PaxArchive(
            setting: { archive in
                switch compression {
                case .bzip2: return archive_write_add_filter_bzip2(archive)
                case .gzip:
                    let result = archive_write_add_filter_gzip(archive)
                    guard result == ARCHIVE_OK else { return result }
                    return archive_write_set_options(archive, "gzip:!timestamp")
                }
            }, sink: { memory.take($0) })
        self.memory = memory
    }

    package func write(_ entry: ArchiveEntry, contents: [UInt8] = []) throws(ArchiveError) {
        do throws(ArchiveError) {
            try archive.begin(entry, size: contents.count)
            try archive.write(contentsOf: contents, entry: entry.path)
        } catch {
            throw failure(error)
        }
    }

    package consuming func close() throws(ArchiveError) -> [UInt8] {
        do throws(ArchiveError) { try archive.finish() } catch { throw failure(error) }
        return memory.bytes
    }

    private func failure(_ error: ArchiveError) -> ArchiveError {
        guard memory.isFull else { return error }
        return ArchiveError(entry: error.entry, message: "the archive would be larger than \(memory.limit) bytes")
    }
}

/// Where the bytes collect: a class, since the archive's sink outlives the call that made it.
private final class Memory {
    private(set) var bytes: [UInt8] = []
    private(set) var isFull = false
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func take(_ block: UnsafeRawBufferPointer) -> Bool {
        isFull = isFull || bytes.count + block.count > limit
        guard !isFull else { return false }
        bytes.append(contentsOf: block)
        return true
    }
}
