/// What of a folder stays out of a build context: the lines of its `.containerignore`, or else of its `.dockerignore`.
///
/// The last pattern that fits decides; a pattern that names a folder fits everything below it.
package struct IgnoreRules: Hashable, Sendable {
    typealias Part = IgnorePattern.Part

    /// What is known of a folder, so that a path's own name is all that has to be looked at.
    struct Standing: Hashable, Sendable {
        /// For each pattern, whether it named the folder or one above.
        var fits: [Bool]
        var isIgnored = false
    }

    static let fileNames = [".containerignore", ".dockerignore"]
    static let none = IgnoreRules("")

    private let patterns: [IgnorePattern]
    private let hasExceptions: Bool

    package init(_ text: String) {
        patterns = text.split(whereSeparator: \.isNewline).compactMap { IgnorePattern(line: String($0)) }
        hasExceptions = patterns.contains(where: \.isException)
    }

    var isEmpty: Bool { patterns.isEmpty }
    /// Of the folder whose rules these are.
    var root: Standing { Standing(fits: Array(repeating: false, count: patterns.count)) }

    /// - Parameters:
    ///   - path: relative to the folder whose rules these are.
    ///   - folder: what is known of the path's parent.
    func ignores(_ path: [Part], in folder: Standing) -> Bool {
        var isIgnored = false
        for (index, pattern) in patterns.enumerated() where pattern.isException == isIgnored {
            if folder.fits[index] || pattern.matches(path) { isIgnored = !pattern.isException }
        }
        return isIgnored
    }

    func standing(of path: [Part], in folder: Standing) -> Standing {
        guard !patterns.isEmpty else { return folder }
        let fits = zip(patterns, folder.fits).map { pattern, above in above || pattern.matches(path) }
        let last = fits.lastIndex(of: true)
        return Standing(fits: fits, isIgnored: last.map { !patterns[$0].isException } ?? false)
    }

    /// Whether something below an ignored folder may come in again.
    func mayTakeIn(below folder: [Part]) -> Bool {
        hasExceptions && patterns.contains { $0.isException && $0.mayMatch(below: folder) }
    }

    /// - Parameter path: relative to the folder whose rules these are.
    package func ignores(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map { Array($0.utf8) }
        return parts.indices.reduce(root) { standing(of: Array(parts[...$1]), in: $0) }.isIgnored
    }
}
