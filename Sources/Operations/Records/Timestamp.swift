internal import FoundationEssentials

/// Points in time as Kubernetes and the records write them: ISO 8601, UTC.
enum Timestamp {
    /// To the second: `2026-01-31T23:59:59Z`.
    static func second(_ date: Date) -> String {
        date.formatted(.iso8601)
    }

    /// Nil for a text that isn't of this form.
    static func date(_ text: String) -> Date? {
        try? Date(text, strategy: .iso8601)
    }

    /// Kubernetes' MicroTime: exactly six digits of fraction.
    static func micro(_ date: Date) -> String {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        let micros = String(Int((date.timeIntervalSince1970 - seconds) * 1_000_000))
        let padded = String(repeating: "0", count: 6 - min(6, micros.count)) + micros
        return Date(timeIntervalSince1970: seconds).formatted(.iso8601).dropLast() + "." + padded + "Z"
    }
}
