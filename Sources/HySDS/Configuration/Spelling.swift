/// Finds what somebody meant to write.
enum Spelling {
    /// The candidate within two edits (a third of the word for short ones); nil when none is near.
    static func nearest(to word: String, among candidates: some Sequence<String>, within most: Int = 2) -> String? {
        let limit = min(most, max(1, word.count / 3))
        return
            candidates
            .map { (distance: distance(word, $0), name: $0) }
            .filter { $0.distance <= limit && $0.distance < word.count }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
            .name
    }

    static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        let known = Array(candidates)
        if let nearest = nearest(to: word, among: known) { return "did you mean \(nearest)" }
        return "known are \(known.sorted().joined(separator: ", "))"
    }

    /// Edits from one word to the other: a letter more, less, changed, or two neighbours swapped.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased())
        let right = Array(right.lowercased())
        var before: [Int] = []
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var next = [i + 1]
            for (j, other) in right.enumerated() {
                var least = min(row[j + 1] + 1, next[j] + 1, row[j] + (character == other ? 0 : 1))
                if i > 0, j > 0, character == right[j - 1], left[i - 1] == other {
                    least = min(least, before[j - 1] + 1)
                }
                next.append(least)
            }
            before = row
            row = next
        }
        return row[right.count]
    }
}
