internal import Glibc

/// The C locale with UTF-8 names, for the calling thread while libarchive works: without it a name beyond ASCII can't
/// be converted, and libarchive 3.6 ends the process at such a link target.
enum UTF8Locale {
    nonisolated(unsafe) private static let utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

    /// - Returns: what `leave` takes; nil when the system has no such locale.
    static func enter() -> locale_t? {
        utf8.flatMap { uselocale($0) }
    }

    static func leave(_ former: locale_t?) {
        if let former { _ = uselocale(former) }
    }
}
