internal import CArchive

/// A pax archive on its way out: libarchive's writer, with everything set that makes it byte-identical for identical
/// members in identical order. Close it to get the last blocks out.
struct PaxArchive: ~Copyable {
    private let archive: OpaquePointer
    private let header: OpaquePointer
    private let output: ArchiveOutput

    /// - Parameter setting: what is particular to the archive: its filter, its blocks. Answers libarchive's result.
    init(setting: (OpaquePointer) -> Int32, sink: @escaping ArchiveOutput.Sink) throws(ArchiveError) {
        guard let archive = archive_write_new() else { throw ArchiveError(message: "out of memory") }
        guard let header = archive_entry_new() else {
            archive_write_free(archive)
            throw ArchiveError(message: "out of memory")
        }
        let output = ArchiveOutput(sink)
        var result = archive_write_set_format_pax_restricted(archive)
        if result == ARCHIVE_OK { result = setting(archive) }
        if result == ARCHIVE_OK { result = output.open(archive) }
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

    /// The head of a member; for a file, exactly `size` bytes follow.
    func begin(_ entry: ArchiveEntry, size: Int) throws(ArchiveError) {
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

    func write(contentsOf bytes: some Collection<UInt8>, entry: String? = nil) throws(ArchiveError) {
        guard !bytes.isEmpty else { return }
        let written = bytes.withContiguousStorageIfAvailable { archive_write_data(archive, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw ArchiveError(archive, entry: entry) }
    }

    func finish() throws(ArchiveError) {
        guard archive_write_close(archive) == ARCHIVE_OK else { throw ArchiveError(archive, entry: nil) }
    }
}
