internal import CArchive

/// Compresses bytes as they come, fast rather than small.
///
/// Close it to get the last bytes; one that is dropped unclosed gives nothing more.
package struct GzipWriter: ~Copyable {
    /// Takes the next compressed bytes; false ends the writing.
    package typealias Sink = (UnsafeRawBufferPointer) -> Bool

    private static let blockSize: Int32 = 1 << 16
    private let archive: OpaquePointer
    private let output: ArchiveOutput

    package init(_ sink: @escaping Sink) throws(ArchiveError) {
        guard let archive = archive_write_new(), let header = archive_entry_new() else {
            throw ArchiveError(message: "out of memory")
        }
        defer { archive_entry_free(header) }
        let output = ArchiveOutput(sink)
        var result = archive_write_set_format_raw(archive)
        if result == ARCHIVE_OK { result = archive_write_add_filter_gzip(archive) }
        if result == ARCHIVE_OK {
            result = archive_write_set_options(archive, "gzip:compression-level=1,gzip:!timestamp")
        }
        if result == ARCHIVE_OK { result = archive_write_set_bytes_per_block(archive, GzipWriter.blockSize) }
        if result == ARCHIVE_OK { result = output.open(archive) }
        archive_entry_set_filetype(header, UInt32(S_IFREG))
        if result == ARCHIVE_OK { result = archive_write_header(archive, header) }
        guard result == ARCHIVE_OK else {
            let error = ArchiveError(archive, entry: nil)
            archive_write_free(archive)
            throw error
        }
        self.archive = archive
        self.output = output
    }

    deinit {
        archive_write_free(archive)
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { throw ArchiveError(archive, entry: nil) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    package consuming func close() throws(ArchiveError) {
        guard archive_write_close(archive) == ARCHIVE_OK else { throw ArchiveError(archive, entry: nil) }
    }
}
