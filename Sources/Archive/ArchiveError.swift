internal import CArchive

/// Why an archive could not be written, in libarchive's own words.
package struct ArchiveError: Error, Equatable, CustomStringConvertible {
    /// The entry that was being worked on; nil for the archive as a whole.
    package var entry: String?
    package var message: String

    package init(entry: String? = nil, message: String) {
        self.entry = entry
        self.message = message
    }

    package var description: String {
        if let entry { "archive entry '\(entry)': \(message)" } else { "archive: \(message)" }
    }
}

extension ArchiveError {
    /// In libarchive's own words.
    init(_ archive: OpaquePointer, entry: String?) {
        let text = archive_error_string(archive).map { String(cString: $0) }
        self.init(entry: entry, message: text ?? "libarchive error \(archive_errno(archive))")
    }
}
