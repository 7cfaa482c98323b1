internal import ArgumentParser

/// Durations on the command line: a number of seconds, or one with a unit.
enum Interval {
    /// - Throws: `ValidationError` that says what is expected.
    static func parse(_ text: String) throws -> Duration {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? text : String(text.dropLast())
        guard let count = Int(digits), count >= 0, count < 1_000_000 else {
            throw ValidationError("expected a time such as 90s, 15m or 2h, found '\(text)'")
        }
        return .seconds(count * (unit ?? 1))
    }
}
