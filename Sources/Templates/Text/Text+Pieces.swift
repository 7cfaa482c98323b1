extension Text {
    /// Drops characters from the ends, whitespace unless `characters` are given.
    func stripped(_ characters: Text? = nil, left: Bool = true, right: Bool = true) -> Text {
        func isDropped(_ scalar: Unicode.Scalar) -> Bool {
            guard let characters else { return scalar.isPythonSpace }
            return characters.scalars.contains(scalar)
        }
        var start = 0
        var end = count
        while left, start < end, isDropped(scalars[start]) { start += 1 }
        while right, end > start, isDropped(scalars[end - 1]) { end -= 1 }
        return with(scalars[start..<end])
    }

    /// `str.split()` without a separator: at runs of whitespace.
    func words(limit: Int = -1) -> [Text] {
        var left = limit < 0 ? Int.max : limit
        var pieces: [Text] = []
        var index = 0
        while true {
            while index < count, scalars[index].isPythonSpace { index += 1 }
            if index == count { return pieces }
            if left == 0 {
                pieces.append(with(scalars[index...]))
                return pieces
            }
            let start = index
            while index < count, !scalars[index].isPythonSpace { index += 1 }
            pieces.append(with(scalars[start..<index]))
            left -= 1
        }
    }

    /// `str.rsplit()` without a separator.
    func wordsFromEnd(limit: Int) -> [Text] {
        var left = limit < 0 ? Int.max : limit
        var pieces: [Text] = []
        var end = count
        while true {
            while end > 0, scalars[end - 1].isPythonSpace { end -= 1 }
            if end == 0 { return pieces.reversed() }
            if left == 0 {
                pieces.append(with(scalars[..<end]))
                return pieces.reversed()
            }
            let stop = end
            while end > 0, !scalars[end - 1].isPythonSpace { end -= 1 }
            pieces.append(with(scalars[end..<stop]))
            left -= 1
        }
    }

    func split(at separator: Text, limit: Int = -1) -> [Text] {
        var left = limit < 0 ? Int.max : limit
        var pieces: [Text] = []
        var start = 0
        while left > 0, let place = find(separator, from: start) {
            pieces.append(with(scalars[start..<place]))
            start = place + separator.count
            left -= 1
        }
        pieces.append(with(scalars[start...]))
        return pieces
    }

    func splitFromEnd(at separator: Text, limit: Int) -> [Text] {
        var left = limit < 0 ? Int.max : limit
        var pieces: [Text] = []
        var end = count
        while left > 0, let place = findLast(separator, in: 0..<end) {
            pieces.append(with(scalars[(place + separator.count)..<end]))
            end = place
            left -= 1
        }
        pieces.append(with(scalars[..<end]))
        return pieces.reversed()
    }

    func lines(keepingEnds: Bool = false) -> [Text] {
        var pieces: [Text] = []
        var index = 0
        while index < count {
            let start = index
            while index < count, !scalars[index].isLineBreak { index += 1 }
            var end = index
            if index < count {
                let isPair = scalars[index] == "\r" && index + 1 < count && scalars[index + 1] == "\n"
                index += isPair ? 2 : 1
                if keepingEnds { end = index }
            }
            pieces.append(with(scalars[start..<end]))
        }
        return pieces
    }

    static func joined(_ pieces: [Text], by separator: Text) -> Text {
        var result = Text()
        for (index, piece) in pieces.enumerated() {
            if index > 0 { result.append(separator) }
            result.append(piece)
        }
        return result
    }

    /// How many characters a width asks for beyond the text's own.
    func missing(to width: Int) -> Int { width > count ? width - count : 0 }

    func repeated(_ times: Int) -> Text {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(max(0, times) * count)
        for _ in 0..<max(0, times) { result.append(contentsOf: scalars) }
        return with(result)
    }
}
