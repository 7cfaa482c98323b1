internal import CArchive

/// Writes an uncompressed pax archive block by block to whoever takes it, byte-identical for identical members in
/// identical order; what it holds in memory doesn't grow with the archive.
///
/// Close it to get the last blocks; an archive that is dropped unclosed gives nothing more.
package struct ArchiveStreamWriter: ~Copyable {
    /// Takes the next block; false ends the writing.
    package typealias Sink = (UnsafeRawBufferPointer) -> Bool

    private static let blockSize: Int32 = 1 << 19
    private let archive: OpaquePointer
    private let header: OpaquePointer
    private let output: StreamOutput

    package init(_ sink: @escaping Sink) throws(ArchiveError) {
        guard let archive = archive_write_new(), let header = archive_entry_new() else {
            throw ArchiveError(message: "out of memory")
        }
        let output = StreamOutput(sink)
        var result = archive_write_set_format_pax_restricted(archive)
        if result == ARCHIVE_OK { result = archive_write_set_bytes_per_block(archive, ArchiveStreamWriter.blockSize) }
        if result == ARCHIVE_OK { result = archive_write_set_bytes_in_last_block(archive, 1) }
        if result == ARCHIVE_OK {
            result = archive_write_open(
                archive, Unmanaged.passUnretained(output).toOpaque(), nil,
                { _, context, bytes, count in ArchiveStreamWriter.pass(context, bytes, count) }, nil)
        }
        guard result == ARCHIVE_OK else {
            let error = ArchiveError(archive, entry: nil)
            archive_entry_free(header)
            archive_write_free(archive)
            throw error
        }
        self.archive = archive
        self.header = header
        self.output = output
    }

    deinit {
        archive_entry_free(header)
        archive_write_free(archive)
    }

    /// The head of a member; for a file, exactly `size` bytes by `write(contentsOf:)` follow.
    package func begin(_ entry: ArchiveEntry, size: Int = 0) throws(ArchiveError) {
        let former = UTF8Locale.enter()
        defer { UTF8Locale.leave(former) }
        archive_entry_clear(header)
        archive_entry_set_pathname_utf8(header, entry.path)
        archive_entry_set_perm(header, mode_t(entry.mode))
        archive_entry_set_mtime(header, 0, 0)
        switch entry.kind {
        case .file:
            archive_entry_set_filetype(header, UInt32(S_IFREG))
            archive_entry_set_size(header, la_int64_t(size))
        case .directory:
            archive_entry_set_filetype(header, UInt32(S_IFDIR))
        case .link(let target):
            archive_entry_set_filetype(header, UInt32(S_IFLNK))
            archive_entry_set_symlink_utf8(header, target)
        }
        guard archive_write_header(archive, header) == ARCHIVE_OK else {
            throw ArchiveError(archive, entry: entry.path)
        }
    }

    package func write(contentsOf bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        guard bytes.count > 0 else { return }
        guard archive_write_data(archive, bytes.baseAddress, bytes.count) == bytes.count else {
            throw ArchiveError(archive, entry: nil)
        }
    }

    package func write(_ bytes: [UInt8]) throws(ArchiveError) {
        let written = bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw ArchiveError(archive, entry: nil) }
    }

    package consuming func close() throws(ArchiveError) {
        guard archive_write_close(archive) == ARCHIVE_OK else { throw ArchiveError(archive, entry: nil) }
    }

    private static func pass(
        _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int
    ) -> Int {
        guard let context, let bytes else { return -1 }
        let output = Unmanaged<StreamOutput>.fromOpaque(context).takeUnretainedValue()
        return output.sink(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : -1
    }
}

/// A class, since C keeps a pointer to it.
private final class StreamOutput {
    let sink: ArchiveStreamWriter.Sink

    init(_ sink: @escaping ArchiveStreamWriter.Sink) {
        self.sink = sink
    }
}

extension ArchiveError {
    /// In libarchive's own words.
    init(_ archive: OpaquePointer, entry: String?) {
        let text = archive_error_string(archive).map { String(cString: $0) }
        self.init(entry: entry, message: text ?? "libarchive error \(archive_errno(archive))")
    }
}
