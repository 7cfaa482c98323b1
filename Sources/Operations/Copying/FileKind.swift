internal import Glibc

/// What the system says of the operator's own paths and clock.
///
/// Beside Foundation the compiler takes C structures for CoreFoundation's: they are met in files that don't import it.
enum FileKind {
    case folder, file, other

    /// Nil when there is nothing of the name; links are followed.
    static func of(_ path: String) -> FileKind? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .other
        }
    }

    /// Nanoseconds since 1970.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
