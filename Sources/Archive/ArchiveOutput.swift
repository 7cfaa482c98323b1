internal import CArchive

/// Where an archive on its way out goes. A class, since C keeps a pointer to it.
final class ArchiveOutput {
    /// Takes the next block; false ends the writing.
    typealias Sink = (UnsafeRawBufferPointer) -> Bool

    private let sink: Sink

    init(_ sink: @escaping Sink) {
        self.sink = sink
    }

    /// Opens an archive that is set up already; this must live as long as it.
    ///
    /// - Returns: libarchive's result.
    func open(_ archive: OpaquePointer) -> Int32 {
        let result = archive_write_set_bytes_in_last_block(archive, 1)
        guard result == ARCHIVE_OK else { return result }
        return archive_write_open(
            archive, Unmanaged.passUnretained(self).toOpaque(), nil,
            { _, context, bytes, count in ArchiveOutput.pass(context, bytes, count) }, nil)
    }

    /// What libarchive calls with each block; -1 makes the call that caused it fail.
    private static func pass(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        guard let context, let bytes else { return -1 }
        let output = Unmanaged<ArchiveOutput>.fromOpaque(context).takeUnretainedValue()
        return output.sink(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : -1
    }
}
