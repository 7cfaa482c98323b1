internal import CArchive

/// Writes an uncompressed pax archive block by block to whoever takes it, byte-identical for identical members in
/// identical order; what it holds in memory doesn't grow with the archive.
///
/// Close it to get the last blocks; an archive that is dropped unclosed gives nothing more.
package struct ArchiveStreamWriter: ~Copyable {
    /// Takes the next block; false ends the writing.
    package typealias Sink = (UnsafeRawBufferPointer) -> Bool

    private static let blockSize: Int32 = 1 << 19
    private let archive: PaxArchive

    package init(_ sink: @escaping Sink) throws(ArchiveError) {
        archive = try PaxArchive(
            setting: { archive_write_set_bytes_per_block($0, ArchiveStreamWriter.blockSize) }, sink: sink)
    }

    /// The head of a member; for a file, exactly `size` bytes by `write(contentsOf:)` follow.
    package func begin(_ entry: ArchiveEntry, size: Int = 0) throws(ArchiveError) {
        try archive.begin(entry, size: size)
    }

    package func write(contentsOf bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        try archive.write(contentsOf: bytes)
    }

    package func write(_ bytes: [UInt8]) throws(ArchiveError) {
        try archive.write(contentsOf: bytes)
    }

    package consuming func close() throws(ArchiveError) {
        try archive.finish()
    }
}
