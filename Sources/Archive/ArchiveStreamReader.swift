internal import CArchive

/// Reads a tar archive, plain or gzipped, as it comes: members are visited in order and none is kept. Names and kinds are
/// told, not judged: of what a stranger sent, the caller looks at each before it uses it.
package final class ArchiveStreamReader {
    /// Fills the buffer and gives the count of bytes; 0 is the end.
    package typealias Source = (UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int

    package enum Kind: Hashable, Sendable {
        case file, directory, link, hardLink, other
    }

    package struct Member: Hashable, Sendable {
        /// As it stands there, without a leading `./` or `/` and without a trailing `/`.
        package var path: String
        package var kind: Kind
        package var size: Int
        /// Where a link leads, as it stands there.
        package var target: String?
        /// As it stands there.
        package var name = ""
    }

    private let archive: OpaquePointer
    private let input: StreamInput

    package init(_ source: @escaping Source) throws(ArchiveError) {
        guard let archive = archive_read_new() else { throw ArchiveError(message: "out of memory") }
        let input = StreamInput(source)
        var result = archive_read_support_filter_gzip(archive)
        if result == ARCHIVE_OK { result = archive_read_support_format_tar(archive) }
        if result == ARCHIVE_OK {
            result = archive_read_open(
                archive, Unmanaged.passUnretained(input).toOpaque(), nil,
                { archive, context, bytes in StreamInput.fill(archive, context, bytes) }, nil)
        }
        guard result == ARCHIVE_OK else {
            let error = input.error ?? ArchiveError(archive, entry: nil)
            archive_read_free(archive)
            throw error
        }
        self.archive = archive
        self.input = input
    }

    deinit {
        archive_read_free(archive)
    }

    /// The next member; nil at the end. What wasn't read of the one before is passed over.
    package func next() throws(ArchiveError) -> Member? {
        let former = UTF8Locale.enter()
        defer { UTF8Locale.leave(former) }
        var header: OpaquePointer?
        let result = archive_read_next_header(archive, &header)
        if result == ARCHIVE_EOF { return nil }
        guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let header else { throw failure() }
        let name = archive_entry_pathname(header).map { String(cString: $0) } ?? ""
        let kind: Kind =
            if archive_entry_hardlink(header) != nil {
                .hardLink
            } else {
                switch UInt32(archive_entry_filetype(header)) {
                case UInt32(S_IFREG): .file
                case UInt32(S_IFDIR): .directory
                case UInt32(S_IFLNK): .link
                default: .other
                }
            }
        let target = kind == .link ? archive_entry_symlink(header).map { String(cString: $0) } : nil
        return Member(path: plain(name), kind: kind, size: Int(archive_entry_size(header)), target: target, name: name)
    }

    /// Some bytes of the current member's content; 0 at its end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw failure() }
        return count
    }

    /// The current member's content as a whole.
    ///
    /// - Throws: `ArchiveError` when it is more than `limit` bytes.
    package func contents(limit: Int) throws(ArchiveError) -> [UInt8] {
        var contents: [UInt8] = []
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { block.deallocate() }
        while true {
            let count = try read(into: block)
            if count == 0 { return contents }
            guard contents.count + count <= limit else { throw ArchiveError(message: "more than \(limit) bytes") }
            contents += UnsafeRawBufferPointer(rebasing: block[..<count])
        }
    }

    private func failure() -> ArchiveError {
        input.error ?? ArchiveError(archive, entry: nil)
    }

    private func plain(_ name: String) -> String {
        var parts = name.split(separator: "/", omittingEmptySubsequences: true)
        while parts.first == "." { parts.removeFirst() }
        return parts.joined(separator: "/")
    }
}

/// A class, since C keeps a pointer to it; its buffer stays at one address.
private final class StreamInput {
    let source: ArchiveStreamReader.Source
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    var error: ArchiveError?

    init(_ source: @escaping ArchiveStreamReader.Source) {
        self.source = source
    }

    deinit {
        buffer.deallocate()
    }

    static func fill(
        _ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
        _ bytes: UnsafeMutablePointer<UnsafeRawPointer?>?
    ) -> Int {
        guard let context, let bytes else { return -1 }
        let input = Unmanaged<StreamInput>.fromOpaque(context).takeUnretainedValue()
        do throws(ArchiveError) {
            bytes.pointee = UnsafeRawPointer(input.buffer.baseAddress)
            return try input.source(input.buffer)
        } catch {
            input.error = error
            return -1
        }
    }
}
