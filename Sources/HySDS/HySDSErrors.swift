/// Everything that is wrong with an input, found in one pass, in the order of the input; never empty.
///
/// An operator who mends a file wants the whole list, not the first line of it.
package struct HySDSErrors: Error, Hashable, Sendable {
    package let all: [HySDSError]

    package init(_ first: HySDSError, _ others: [HySDSError] = []) {
        all = [first] + others
    }

    /// Throws when there is something to throw.
    package static func check(_ errors: [HySDSError]) throws(HySDSErrors) {
        guard let first = errors.first else { return }
        throw HySDSErrors(first, Array(errors.dropFirst()))
    }
}

extension HySDSErrors: CustomStringConvertible {
    package var description: String { all.map(\.description).joined(separator: "\n") }
}
