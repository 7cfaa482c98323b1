extension Lexer {
    /// The whitespace control after an opening delimiter.
    func sign(at index: Int) -> Unicode.Scalar? {
        guard index < source.count, source[index] == "-" || source[index] == "+" else { return nil }
        return source[index]
    }

    /// `{% raw %}` at `start`: its sign and where it ends.
    func rawBegin(at start: Int) -> (sign: Unicode.Scalar?, end: Int)? {
        guard var index = keyword("raw", afterBlockStart: start) else { return nil }
        if follows("-%}", at: index) {
            index = skipSpace(from: index + 3)
        } else if follows("%}", at: index) {
            index += 2
        } else {
            return nil
        }
        return (sign(at: start + 2), index)
    }

    func rawEnd(at start: Int) -> (sign: Unicode.Scalar?, end: Int)? {
        guard follows("{%", at: start), let index = keyword("endraw", afterBlockStart: start) else { return nil }
        return tagEnd(at: index, mark: "%").map { (sign(at: start + 2), $0) }
    }

    /// Where a block (`%`) or comment (`#`) that closes at `index` ends, with the space that it swallows.
    func tagEnd(at index: Int, mark: Unicode.Scalar) -> Int? {
        guard index < source.count else { return nil }
        if source[index] == "+", closes(at: index + 1, mark: mark) { return index + 3 }
        if source[index] == "-", closes(at: index + 1, mark: mark) { return skipSpace(from: index + 3) }
        guard closes(at: index, mark: mark) else { return nil }
        let end = index + 2
        return options.trimsBlocks && end < source.count && source[end] == "\n" ? end + 1 : end
    }

    func variableEnd(at index: Int) -> Int? {
        if follows("-}}", at: index) { return skipSpace(from: index + 3) }
        return follows("}}", at: index) ? index + 2 : nil
    }

    func skipSpace(from start: Int) -> Int {
        var index = start
        while index < source.count, source[index].isPythonSpace { index += 1 }
        return index
    }

    func follows(_ text: StaticString, at index: Int) -> Bool {
        guard index >= 0, index + text.utf8CodeUnitCount <= source.count else { return false }
        return text.withUTF8Buffer { bytes in
            bytes.indices.allSatisfy { source[index + $0].value == UInt32(bytes[$0]) }
        }
    }

    private func closes(at index: Int, mark: Unicode.Scalar) -> Bool {
        index + 1 < source.count && source[index] == mark && source[index + 1] == "}"
    }

    private func keyword(_ keyword: StaticString, afterBlockStart start: Int) -> Int? {
        var index = start + 2
        if sign(at: index) != nil { index += 1 }
        index = skipSpace(from: index)
        guard follows(keyword, at: index) else { return nil }
        return skipSpace(from: index + keyword.utf8CodeUnitCount)
    }
}
