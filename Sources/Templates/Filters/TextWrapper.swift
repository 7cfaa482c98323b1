/// Python's `textwrap.TextWrapper`, as far as the filter `wordwrap` sets it up.
struct TextWrapper {
    let width: Int
    let breaksLongWords: Bool
    /// Whether words may be cut behind hyphens.
    let splitsAtHyphens: Bool
    /// Whether a word that is too long is cut at a hyphen first.
    let breaksOnHyphens: Bool

    func wrap(_ text: Text) throws -> [Text] {
        var chunks = Array(chunks(of: text).reversed())
        guard width > 0 else { throw Failure.value("invalid width \(width) (must be > 0)") }
        var lines: [Text] = []
        while !chunks.isEmpty {
            var line: [Text] = []
            var length = 0
            if !lines.isEmpty, let first = chunks.last, first.stripped().isEmpty { chunks.removeLast() }
            while let chunk = chunks.last, length + chunk.count <= width {
                line.append(chunk)
                length += chunk.count
                chunks.removeLast()
            }
            if let chunk = chunks.last, chunk.count > width {
                handleLongWord(chunk, &chunks, &line, room: width - length)
            }
            if let last = line.last, last.stripped().isEmpty { line.removeLast() }
            if !line.isEmpty { lines.append(Text.joined(line, by: "")) }
        }
        return lines
    }

    private func handleLongWord(_ chunk: Text, _ chunks: inout [Text], _ line: inout [Text], room: Int) {
        guard breaksLongWords else {
            if line.isEmpty {
                line.append(chunk)
                chunks.removeLast()
            }
            return
        }
        var end = room
        if breaksOnHyphens, chunk.count > room, let hyphen = chunk.findLast("-", in: 0..<max(0, room)), hyphen > 0,
            chunk.scalars[..<hyphen].contains(where: { $0 != "-" })
        {
            end = hyphen + 1
        }
        line.append(Text(chunk.scalars.prefix(end)))
        chunks[chunks.count - 1] = Text(chunk.scalars.dropFirst(end))
    }

    // MARK: Chunks: whitespace, words, and the parts of hyphenated words

    private func chunks(of text: Text) -> [Text] {
        var chunks: [Text] = []
        var start = 0
        while start < text.count {
            let end = chunkEnd(text.scalars, start)
            chunks.append(Text(text.scalars[start..<end]))
            start = end
        }
        return chunks
    }

    private func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        "\t\n\u{b}\u{c}\r ".unicodeScalars.contains(scalar)
    }

    private func chunkEnd(_ text: [Unicode.Scalar], _ start: Int) -> Int {
        var end = start
        if isSpace(text[start]) {
            while end < text.count, isSpace(text[end]) { end += 1 }
            return end
        }
        guard splitsAtHyphens else {
            while end < text.count, !isSpace(text[end]) { end += 1 }
            return end
        }
        if start > 0, isPunctuated(text[start - 1]), let dash = dashEnd(text, start) { return dash }
        end = start + 1
        while true {
            if let cut = hyphenCut(text, end, from: start) { return cut }
            if end == text.count || isSpace(text[end]) { return end }
            if isPunctuated(text[end - 1]), dashEnd(text, end) != nil { return end }
            end += 1
        }
    }

    /// Two or more hyphens before a word.
    private func dashEnd(_ text: [Unicode.Scalar], _ start: Int) -> Int? {
        var end = start
        while end < text.count, text[end] == "-" { end += 1 }
        return end - start >= 2 && end < text.count && text[end].isWord ? end : nil
    }

    /// A hyphen at `place` between letters, where a word may be cut.
    private func hyphenCut(_ text: [Unicode.Scalar], _ place: Int, from start: Int) -> Int? {
        guard place < text.count, text[place] == "-" else { return nil }
        func isLetter(_ index: Int) -> Bool {
            index >= 0 && index < text.count && text[index].isWord && !text[index].isPythonDecimal
        }
        let follows =
            isLetter(place - 1) && isLetter(place - 2)
            || isLetter(place - 1) && place >= 2 && text[place - 2] == "-" && isLetter(place - 3)
        let next = place + 1
        let precedes =
            isLetter(next)
            && (isLetter(next + 1) || next + 1 < text.count && text[next + 1] == "-" && isLetter(next + 2))
        return follows && precedes ? next : nil
    }

    private func isPunctuated(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isWord || "!\"'&.,?".unicodeScalars.contains(scalar)
    }
}
