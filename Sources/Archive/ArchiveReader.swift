internal import CArchive

/// Reads a tar archive, plain or gzipped, from memory: from whoever wrote it, so nothing in it is believed.
///
/// Members come in order. A member whose name leads elsewhere (upwards, from the root, through a link), that comes
/// twice, is neither file, folder nor symbolic link, or takes more than the limits is an error that names it. Where a
/// link points to is the caller's to judge.
package struct ArchiveReader: ~Copyable {
    package struct Limits: Hashable, Sendable {
        /// Uncompressed bytes of all files together: what stops a decompression bomb.
        package var bytes: Int
        package var members: Int
        /// Bytes of one path or link target.
        package var pathBytes: Int

        package init(bytes: Int = 512 << 20, members: Int = 200_000, pathBytes: Int = 4096) {
            self.bytes = bytes
            self.members = members
            self.pathBytes = pathBytes
        }
    }

    package struct Member: Hashable, Sendable {
        package var entry: ArchiveEntry
        /// Empty for folders and links.
        package var contents: [UInt8]
    }

    private let archive: OpaquePointer
    /// C keeps pointing to it while the archive is open.
    private let input: Input
    private let limits: Limits
    private var seen: Set<String> = []
    private var links: Set<String> = []
    private var total = 0

    package init(_ bytes: [UInt8], limits: Limits = Limits()) throws(ArchiveError) {
        guard let archive = archive_read_new() else { throw ArchiveError(message: "out of memory") }
        let input = Input(bytes)
        var result = archive_read_support_filter_gzip(archive)
        if result == ARCHIVE_OK { result = archive_read_support_format_tar(archive) }
        if result == ARCHIVE_OK {
            result = archive_read_open_memory(archive, input.bytes.baseAddress, input.bytes.count)
        }
        guard result == ARCHIVE_OK else {
            let error = ArchiveReader.error(of: archive, entry: nil)
            archive_read_free(archive)
            throw error
        }
        self.archive = archive
        self.input = input
        self.limits = limits
    }

    deinit {
        archive_read_free(archive)
    }

    /// The next member; nil at the end.
    package mutating func next() throws(ArchiveError) -> Member? {
        let former = UTF8Locale.enter()
        defer { UTF8Locale.leave(former) }
        var header: OpaquePointer?
        let result = archive_read_next_header(archive, &header)
        if result == ARCHIVE_EOF { return nil }
        // A warning means that something was left out: no archive of ours gives one.
        guard result == ARCHIVE_OK, let header else { throw ArchiveReader.error(of: archive, entry: nil) }
        let path = try path(of: header)
        guard seen.insert(path).inserted else { throw ArchiveError(entry: path, message: "it comes twice") }
        guard seen.count <= limits.members else {
            throw ArchiveError(entry: path, message: "more than \(limits.members) members")
        }
        guard archive_entry_hardlink(header) == nil else {
            throw ArchiveError(entry: path, message: "a hard link; expected a file, a folder or a symbolic link")
        }
        let mode = UInt16(truncatingIfNeeded: archive_entry_perm(header)) & 0o7777
        switch UInt32(archive_entry_filetype(header)) {
        case UInt32(S_IFREG):
            let contents = try contents(of: header, path)
            return Member(entry: ArchiveEntry(path: path, kind: .file, mode: mode), contents: contents)
        case UInt32(S_IFDIR):
            return Member(entry: ArchiveEntry(path: path, kind: .directory, mode: mode), contents: [])
        case UInt32(S_IFLNK):
            let target = try text(
                archive_entry_symlink(header), "the link's target", of: path)
            links.insert(path)
            return Member(entry: ArchiveEntry(path: path, kind: .link(target: target), mode: mode), contents: [])
        default:
            throw ArchiveError(entry: path, message: "neither a file, a folder nor a symbolic link")
        }
    }

    private func path(of header: OpaquePointer) throws(ArchiveError) -> String {
        var path = try text(archive_entry_pathname(header), "the name", of: nil)
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard ArchiveReader.isPlain(parts) else {
            throw ArchiveError(entry: path, message: "the name is not a plain relative path")
        }
        for count in parts.indices.dropFirst() where links.contains(parts[..<count].joined(separator: "/")) {
            throw ArchiveError(entry: path, message: "the name leads through a link")
        }
        return path
    }

    private static func isPlain(_ parts: [Substring]) -> Bool {
        parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    private func text(
        _ pointer: UnsafePointer<CChar>?, _ what: String, of path: String?
    ) throws(ArchiveError) -> String {
        guard let pointer else { throw ArchiveError(entry: path, message: "\(what) can't be read") }
        guard let text = String(validatingCString: pointer), !text.isEmpty else {
            throw ArchiveError(entry: path, message: "\(what) is empty or not UTF-8")
        }
        guard text.utf8.count <= limits.pathBytes else {
            throw ArchiveError(entry: path, message: "\(what) takes more than \(limits.pathBytes) bytes")
        }
        return text
    }

    private mutating func contents(of header: OpaquePointer, _ path: String) throws(ArchiveError) -> [UInt8] {
        // What the header says is no reason to reserve memory: only what really comes counts.
        let announced = Int(archive_entry_size(header))
        guard announced >= 0, announced <= limits.bytes - total else {
            throw ArchiveError(entry: path, message: "more than \(limits.bytes) bytes of files")
        }
        var contents: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = block.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw ArchiveReader.error(of: archive, entry: path) }
            if count == 0 { break }
            total += count
            guard total <= limits.bytes else {
                throw ArchiveError(entry: path, message: "more than \(limits.bytes) bytes of files")
            }
            contents += block.prefix(count)
        }
        guard contents.count == announced else {
            throw ArchiveError(entry: path, message: "expected \(announced) bytes, found \(contents.count)")
        }
        return contents
    }

    private static func error(of archive: OpaquePointer, entry: String?) -> ArchiveError {
        let text = archive_error_string(archive).map { String(cString: $0) }
        return ArchiveError(entry: entry, message: text ?? "libarchive error \(archive_errno(archive))")
    }
}

/// The archive's bytes at an address that stays.
private final class Input {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ array: [UInt8]) {
        bytes = .allocate(byteCount: array.count, alignment: 1)
        bytes.copyBytes(from: array)
    }

    deinit {
        bytes.deallocate()
    }
}
