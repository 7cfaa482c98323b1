internal import CArchive

/// Writes a compressed pax archive into memory, byte-identical for identical members in identical order.
///
/// Close it to get the bytes; an archive that is dropped unclosed frees its memory and gives none.
package struct ArchiveWriter: ~Copyable {
    private let archive: OpaquePointer
    private let output: Output

    package enum Compression: Sendable {
        case gzip, bzip2
    }

    /// - Parameter limit: how many compressed bytes the archive may take before `write` throws.
    package init(limit: Int, compression: Compression = .gzip) throws(ArchiveError) {
        guard let archive = archive_write_new() else { throw ArchiveError(message: "out of memory") }
        let output = Output(limit: limit)
        var result = archive_write_set_format_pax_restricted(archive)
        if result == ARCHIVE_OK {
            switch compression {
            case .gzip:
                result = archive_write_add_filter_gzip(archive)
                if result == ARCHIVE_OK { result = archive_write_set_options(archive, "gzip:!timestamp") }
            case .bzip2: result = archive_write_add_filter_bzip2(archive)
            }
        }
        if result == ARCHIVE_OK { result = archive_write_set_bytes_in_last_block(archive, 1) }
        if result == ARCHIVE_OK {
            result = archive_write_open(
                archive, Unmanaged.passUnretained(output).toOpaque(), nil,
                { _, context, bytes, count in ArchiveWriter.append(context, bytes, count) }, nil)
        }
        guard result == ARCHIVE_OK else {
            let error = ArchiveWriter.error(of: archive, entry: nil)
            archive_write_free(archive)
            throw error
        }
        self.archive = archive
        self.output = output
    }

    deinit {
        archive_write_free(archive)
    }

    package func write(_ entry: ArchiveEntry, contents: [UInt8] = []) throws(ArchiveError) {
        let former = UTF8Locale.enter()
        defer { UTF8Locale.leave(former) }
        guard let header = archive_entry_new() else { throw ArchiveError(entry: entry.path, message: "out of memory") }
        defer { archive_entry_free(header) }
        archive_entry_set_pathname_utf8(header, entry.path)
        archive_entry_set_perm(header, mode_t(entry.mode))
        archive_entry_set_mtime(header, 0, 0)
        switch entry.kind {
        case .file:
            archive_entry_set_filetype(header, UInt32(S_IFREG))
            archive_entry_set_size(header, la_int64_t(contents.count))
        case .directory:
            archive_entry_set_filetype(header, UInt32(S_IFDIR))
        case .link(let target):
            archive_entry_set_filetype(header, UInt32(S_IFLNK))
            archive_entry_set_symlink_utf8(header, target)
        }
        try check(archive_write_header(archive, header), entry: entry.path)
        guard !contents.isEmpty else { return }
        let written = contents.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
        guard written == contents.count else { throw failure(entry: entry.path) }
    }

    package consuming func close() throws(ArchiveError) -> [UInt8] {
        try check(archive_write_close(archive), entry: nil)
        return output.bytes
    }

    private func check(_ result: Int32, entry: String?) throws(ArchiveError) {
        guard result == ARCHIVE_OK else { throw failure(entry: entry) }
    }

    private func failure(entry: String?) -> ArchiveError {
        output.isFull
            ? ArchiveError(entry: entry, message: "the archive would be larger than \(output.limit) bytes")
            : ArchiveWriter.error(of: archive, entry: entry)
    }

    private static func error(of archive: OpaquePointer, entry: String?) -> ArchiveError {
        let text = archive_error_string(archive).map { String(cString: $0) }
        return ArchiveError(entry: entry, message: text ?? "libarchive error \(archive_errno(archive))")
    }

    /// What libarchive calls with each block of output; -1 makes the call that caused it fail.
    private static func append(
        _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int
    ) -> Int {
        guard let context, let bytes else { return -1 }
        let output = Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
        guard output.bytes.count + count <= output.limit else {
            output.isFull = true
            return -1
        }
        output.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }
}

/// Where the bytes collect: a class, since C keeps a pointer to it.
private final class Output {
    var bytes: [UInt8] = []
    var isFull = false
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }
}
