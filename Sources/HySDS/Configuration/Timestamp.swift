/// Dates of YAML 1.1, as the text that Python's `str` makes of what PyYAML makes of them.
enum Timestamp {
    static func resolve(_ word: String) -> ConfigurationValue? {
        // Most words go here: the patterns below are costly.
        guard word.first.map({ ("0"..."9").contains($0) }) == true, word.utf8.dropFirst(4).first == UInt8(ascii: "-")
        else { return nil }
        if let match = word.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/) {
            guard isDate(match.2, match.3) else { return nil }
            return .text(word)
        }
        let pattern =
            /([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?/
        guard let match = word.wholeMatch(of: pattern), isDate(match.2, match.3),
            let hour = Int(match.4), hour < 24, let minute = Int(match.5), minute < 60, let second = Int(match.6),
            second < 60
        else { return nil }
        var text = "\(match.1)-\(padded(match.2))-\(padded(match.3)) \(padded(match.4)):\(match.5):\(match.6)"
        if let fraction = match.7, fraction.contains(where: { $0 != "0" }) {
            text += "." + (fraction.prefix(6) + String(repeating: "0", count: max(0, 6 - fraction.count)))
        }
        if let sign = match.9, let hours = match.10 {
            text += "\(sign)\(padded(hours)):\(match.11 ?? "00")"
        } else if match.8 != nil {
            text += "+00:00"
        }
        return .text(text)
    }

    private static func isDate(_ month: Substring, _ day: Substring) -> Bool {
        (1...12).contains(Int(month) ?? 0) && (1...31).contains(Int(day) ?? 0)
    }

    private static func padded(_ digits: Substring) -> String {
        digits.count < 2 ? "0\(digits)" : String(digits)
    }
}
