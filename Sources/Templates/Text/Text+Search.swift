extension Text {
    /// The first place of `needle` within `range`, as `str.find`.
    func find(_ needle: Text, in range: Range<Int>) -> Int? {
        let length = needle.count
        guard length <= range.count else { return nil }
        var index = range.lowerBound
        while index + length <= range.upperBound {
            if matches(needle, at: index) { return index }
            index += 1
        }
        return nil
    }

    func find(_ needle: Text, from start: Int = 0) -> Int? {
        guard start <= count else { return nil }
        return find(needle, in: start..<count)
    }

    func findLast(_ needle: Text, in range: Range<Int>) -> Int? {
        let length = needle.count
        guard length <= range.count else { return nil }
        var index = range.upperBound - length
        while index >= range.lowerBound {
            if matches(needle, at: index) { return index }
            index -= 1
        }
        return nil
    }

    func occurrences(of needle: Text, in range: Range<Int>) -> Int {
        guard !needle.isEmpty else { return range.count + 1 }
        var total = 0
        var start = range.lowerBound
        while let place = find(needle, in: start..<range.upperBound) {
            total += 1
            start = place + needle.count
        }
        return total
    }

    func contains(_ needle: Text) -> Bool { find(needle) != nil }
    func hasPrefix(_ prefix: Text) -> Bool { prefix.count <= count && matches(prefix, at: 0) }
    func hasSuffix(_ suffix: Text) -> Bool { suffix.count <= count && matches(suffix, at: count - suffix.count) }

    func matches(_ needle: Text, at index: Int) -> Bool {
        guard index >= 0, index + needle.count <= count else { return false }
        var offset = 0
        while offset < needle.count {
            if scalars[index + offset] != needle.scalars[offset] { return false }
            offset += 1
        }
        return true
    }

    /// `str.replace`; a negative limit replaces everything.
    func replacing(_ old: Text, with new: Text, limit: Int = -1) -> Text {
        var left = limit < 0 ? Int.max : limit
        var result: [Unicode.Scalar] = []
        if old.isEmpty {
            for scalar in scalars {
                if left > 0 {
                    result.append(contentsOf: new.scalars)
                    left -= 1
                }
                result.append(scalar)
            }
            if left > 0 { result.append(contentsOf: new.scalars) }
            return with(result)
        }
        var start = 0
        while left > 0, let place = find(old, from: start) {
            result.append(contentsOf: scalars[start..<place])
            result.append(contentsOf: new.scalars)
            start = place + old.count
            left -= 1
        }
        result.append(contentsOf: scalars[start...])
        return with(result)
    }
}
