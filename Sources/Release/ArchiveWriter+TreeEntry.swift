package import Archive

extension ArchiveWriter {
    /// - Throws: `ArchiveError` for a file whose content isn't at hand, too.
    package func write(_ entry: TreeEntry) throws(ArchiveError) {
        switch entry.content {
        case .file(let bytes):
            try write(ArchiveEntry(path: entry.path, kind: .file, mode: entry.mode), contents: bytes)
        case .elsewhere:
            throw ArchiveError(entry: entry.path, message: "an image holds its content")
        case .directory:
            try write(ArchiveEntry(path: entry.path, kind: .directory, mode: entry.mode))
        case .link(let target):
            try write(ArchiveEntry(path: entry.path, kind: .link(target: target), mode: 0o777))
        }
    }
}
