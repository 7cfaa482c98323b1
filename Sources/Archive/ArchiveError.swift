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
