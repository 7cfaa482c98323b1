/// What changed between two texts, as `diff -u` shows it; nil for what is no text or too large to be read.
package struct TextDifference: Equatable, Sendable {
    /// Bytes and lines of either side; the comparison is quadratic at worst.
    static let mostBytes = 256 << 10
    static let mostLines = 4000
    private static let context = 3

    /// Hunks with their headings; every line begins with ` `, `+`, `-` or `@`.
    package let lines: [String]
    package let added: Int
    package let removed: Int

    /// How lines are shown: for files with secrets, lines of the new side come from a masked text, and those that only
    /// the old side has are not shown, since they may hold a former secret.
    package struct Showing: Sendable {
        var new: (@Sendable (Int) -> String)?
        var hidesOld = false

        package static let plain = Showing()

        /// Nil when the masked text has other lines than the real one.
        package static func masked(_ masked: [UInt8], like text: [UInt8]) -> Showing? {
            guard let shown = TextDifference.split(masked), let real = TextDifference.split(text),
                shown.count == real.count
            else { return nil }
            return Showing(new: { shown[$0] }, hidesOld: true)
        }
    }

    package init?(from old: [UInt8], to new: [UInt8], showing: Showing = .plain) {
        guard let before = TextDifference.split(old), let after = TextDifference.split(new) else { return nil }
        let script = TextDifference.script(before, after)
        added = script.count { $0.isAdded }
        removed = script.count { $0.isRemoved }
        let texts = script.map { step -> String in
            switch step {
            case .same(_, let new): " " + (showing.new?(new) ?? after[new])
            case .removed(let old): "-" + (showing.hidesOld ? "(not shown)" : before[old])
            case .added(let new): "+" + (showing.new?(new) ?? after[new])
            }
        }
        lines = TextDifference.hunks(script).flatMap { hunk in
            [TextDifference.heading(script[hunk])] + texts[hunk].map(\.printable)
        }
    }

    private enum Step {
        case same(old: Int, new: Int)
        case removed(Int)
        case added(Int)

        var isAdded: Bool { if case .added = self { true } else { false } }
        var isRemoved: Bool { if case .removed = self { true } else { false } }
        var isChange: Bool { isAdded || isRemoved }
    }

    private static func split(_ bytes: [UInt8]) -> [String]? {
        guard bytes.count <= mostBytes, !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() } else { lines[lines.count - 1] += " (no line feed)" }
        return lines.count <= mostLines ? lines : nil
    }

    private static func script(_ before: [String], _ after: [String]) -> [Step] {
        var gone: Set<Int> = []
        var new: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): gone.insert(offset)
            case .insert(let offset, _, _): new.insert(offset)
            }
        }
        var steps: [Step] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if gone.contains(left) {
                steps.append(.removed(left))
                left += 1
            } else if new.contains(right) {
                steps.append(.added(right))
                right += 1
            } else {
                steps.append(.same(old: left, new: right))
                left += 1
                right += 1
            }
        }
        return steps
    }

    /// The changed places with their context; those that touch are one.
    private static func hunks(_ script: [Step]) -> [Range<Int>] {
        script.indices.filter { script[$0].isChange }.reduce(into: [Range<Int>]()) { hunks, index in
            let range = max(0, index - context)..<min(script.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
    }

    /// `@@ -12,7 +12,8 @@`; the line numbers count from 1.
    private static func heading(_ steps: ArraySlice<Step>) -> String {
        var old: [Int] = []
        var new: [Int] = []
        for step in steps {
            switch step {
            case .same(let left, let right):
                old.append(left)
                new.append(right)
            case .removed(let left): old.append(left)
            case .added(let right): new.append(right)
            }
        }
        func side(_ lines: [Int]) -> String { "\((lines.first ?? -1) + 1),\(lines.count)" }
        return "@@ -\(side(old)) +\(side(new)) @@"
    }
}

extension String {
    /// Without what would steer a terminal: control characters are written as `\x1b`.
    package var printable: String {
        guard unicodeScalars.contains(where: { $0.isControl }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isControl {
                text += "\\x" + String(scalar.value, radix: 16)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        (value < 0x20 && value != 0x09) || (0x7f...0x9f).contains(value) || (0x202a...0x202e).contains(value)
            || (0x2066...0x2069).contains(value)
    }
}
