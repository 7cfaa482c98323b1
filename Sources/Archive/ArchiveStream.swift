internal import CArchive

/// Reads a tar archive of any size as it comes, from a source that may wait: for a thread of its own.
///
/// Names are bytes and nothing in them is believed: see `Header.parts`. Nothing is unpacked, no compression is understood
/// (so there is no bomb), and what is neither file, folder nor link is an error that names it.
package struct ArchiveStream: ~Copyable {
    package enum Kind: Hashable, Sendable {
        case file, folder
        case link(target: [UInt8])
        /// Another name of a file that came before.
        case hardLink(target: [UInt8])
    }

    package struct Header: Hashable, Sendable {
        /// As the archive has it.
        package var name: [UInt8]
        package var kind: Kind
        /// Permission bits with set-id and sticky.
        package var mode: UInt16
        package var size: Int
        /// Seconds since 1970.
        package var time: Int

        /// The name's parts without `.`; empty for the top folder itself.
        ///
        /// - Throws: `ArchiveError` for a name that is absolute, leads upwards or is longer than any path can be.
        package static func parts(of name: [UInt8]) throws(ArchiveError) -> [ArraySlice<UInt8>] {
            func refused(_ message: String) -> ArchiveError {
                ArchiveError(entry: String(decoding: name.prefix(300), as: UTF8.self), message: message)
            }
            guard !name.isEmpty, name.first != UInt8(ascii: "/") else {
                throw refused(name.isEmpty ? "a name is empty" : "the name is absolute")
            }
            guard name.count <= 4096, !name.contains(0) else { throw refused("the name can't be a path") }
            var name = name[...]
            if name.last == UInt8(ascii: "/") { name.removeLast() }
            var parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            if parts.first == [UInt8(ascii: ".")] { parts.removeFirst() }
            for part in parts {
                guard !part.isEmpty, part != [UInt8(ascii: ".")], part.count <= 255 else {
                    throw refused("the name is not a plain relative path")
                }
                guard part != [UInt8(ascii: "."), UInt8(ascii: ".")] else { throw refused("the name leads upwards") }
            }
            return parts
        }
    }

    private let archive: OpaquePointer
    private let input: StreamInput
    private var current: [UInt8] = []

    /// - Parameter read: the next bytes, waiting for them; nil at the end.
    package init(read: @escaping () -> [UInt8]?) throws(ArchiveError) {
        guard let archive = archive_read_new() else { throw ArchiveError(message: "out of memory") }
        let input = StreamInput(read)
        var result = archive_read_support_format_tar(archive)
        if result == ARCHIVE_OK {
            result = archive_read_open(
                archive, Unmanaged.passUnretained(input).toOpaque(), nil,
                { _, context, bytes in StreamInput.next(context, bytes) }, nil)
        }
        guard result == ARCHIVE_OK else {
            let error = ArchiveStream.error(of: archive, entry: nil)
            archive_read_free(archive)
            throw error
        }
        self.archive = archive
        self.input = input
    }

    deinit {
        archive_read_free(archive)
    }

    /// The next member; nil at the archive's end.
    package mutating func next() throws(ArchiveError) -> Header? {
        let former = UTF8Locale.enter()
        defer { UTF8Locale.leave(former) }
        var header: OpaquePointer?
        let result = archive_read_next_header(archive, &header)
        if result == ARCHIVE_EOF {
            // An empty stream is an archive for libarchive.
            guard input.hasGiven else { throw ArchiveError(message: "nothing came") }
            return nil
        }
        // Also a mere warning means that something isn't what it was.
        guard result == ARCHIVE_OK, let header else { throw ArchiveStream.error(of: archive, entry: nil) }
        guard let name = ArchiveStream.bytes(archive_entry_pathname(header)) else {
            throw ArchiveError(message: "a member's name can't be read")
        }
        current = name
        let size = Int(archive_entry_size(header))
        guard size >= 0 else { throw failure("its size is negative") }
        let kind: Kind
        if let target = archive_entry_hardlink(header) {
            kind = .hardLink(target: ArchiveStream.bytes(target) ?? [])
        } else {
            switch UInt32(archive_entry_filetype(header)) {
            case UInt32(S_IFREG): kind = .file
            case UInt32(S_IFDIR): kind = .folder
            case UInt32(S_IFLNK):
                guard let target = ArchiveStream.bytes(archive_entry_symlink(header)), !target.isEmpty else {
                    throw failure("the link's target can't be read")
                }
                kind = .link(target: target)
            default: throw failure("neither a file, a folder nor a link")
            }
        }
        return Header(
            name: name, kind: kind, mode: UInt16(truncatingIfNeeded: archive_entry_perm(header)) & 0o7777, size: size,
            time: Int(archive_entry_mtime(header)))
    }

    /// The next bytes of the current file; 0 at its end.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw ArchiveStream.error(of: archive, entry: current) }
        return count
    }

    private func failure(_ message: String) -> ArchiveError {
        ArchiveError(entry: String(decoding: current, as: UTF8.self), message: message)
    }

    private static func bytes(_ pointer: UnsafePointer<CChar>?) -> [UInt8]? {
        guard let pointer else { return nil }
        var count = 0
        while pointer[count] != 0 { count += 1 }
        return (0..<count).map { UInt8(bitPattern: pointer[$0]) }
    }

    private static func error(of archive: OpaquePointer, entry: [UInt8]?) -> ArchiveError {
        let text = archive_error_string(archive).map { String(cString: $0) }
        return ArchiveError(
            entry: entry.map { String(decoding: $0, as: UTF8.self) },
            message: text ?? "libarchive error \(archive_errno(archive))")
    }
}

/// Hands chunks to libarchive, each at an address that stays until the next is asked for.
private final class StreamInput {
    private let read: () -> [UInt8]?
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private(set) var hasGiven = false

    init(_ read: @escaping () -> [UInt8]?) {
        self.read = read
    }

    deinit {
        buffer.deallocate()
    }

    static func next(
        _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<UnsafeRawPointer?>?
    ) -> la_ssize_t {
        guard let context, let bytes else { return -1 }
        let input = Unmanaged<StreamInput>.fromOpaque(context).takeUnretainedValue()
        while true {
            guard let chunk = input.read() else { return 0 }
            guard !chunk.isEmpty else { continue }
            if chunk.count > input.buffer.count {
                input.buffer.deallocate()
                input.buffer = .allocate(byteCount: chunk.count, alignment: 16)
            }
            input.buffer.copyBytes(from: chunk)
            input.hasGiven = true
            bytes.pointee = UnsafeRawPointer(input.buffer.baseAddress)
            return chunk.count
        }
    }
}
