extension Text {
    /// The first place of `needle` within `range`, as `str.find`.
    func find(_ needle: Text, in range: Range<Int>) -> Int? {
        guard needle.count <= range.count else { return nil }
        guard needle.count > 1 else {
            guard let wanted = needle.scalars.first else { return range.lowerBound }
            return scalars[range].firstIndex(of: wanted)
        }
        return Text.search(needle.scalars, from: range.lowerBound, to: range.upperBound) { scalars[$0] }
    }

    func find(_ needle: Text, from start: Int = 0) -> Int? {
        guard start <= count else { return nil }
        return find(needle, in: start..<count)
    }

    func findLast(_ needle: Text, in range: Range<Int>) -> Int? {
        guard needle.count <= range.count else { return nil }
        guard needle.count > 1 else {
            guard let wanted = needle.scalars.first else { return range.upperBound }
            return scalars[range].lastIndex(of: wanted)
        }
        let place = Text.search(needle.scalars.reversed(), from: 0, to: range.count) {
            scalars[range.upperBound - 1 - $0]
        }
        return place.map { range.upperBound - $0 - needle.count }
    }

    /// Knuth, Morris and Pratt's search: linear, so that no template can make it slow.
    private static func search(
        _ needle: [Unicode.Scalar], from start: Int, to end: Int, _ scalar: (Int) -> Unicode.Scalar
    ) -> Int? {
        var place = start
        while place + needle.count <= end, scalar(place) != needle[0] { place += 1 }
        guard place + needle.count <= end else { return nil }
        var borders = [0]
        var length = 0
        for index in 1..<needle.count {
            while length > 0, needle[index] != needle[length] { length = borders[length - 1] }
            if needle[index] == needle[length] { length += 1 }
            borders.append(length)
        }
        length = 0
        while place < end {
            while length > 0, scalar(place) != needle[length] { length = borders[length - 1] }
            if scalar(place) == needle[length] { length += 1 }
            place += 1
            if length == needle.count { return place - length }
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
