/// What makes an order of start, or a plan, impossible.
package struct RolloutError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Things that wait for each other in a circle.
        case cycle
        /// Something waits for what isn't there.
        case unknown
    }

    package var kind: Kind
    package var subject: String
    package var message: String
    package var hint: String?

    package init(_ kind: Kind, _ subject: String, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.message = message
        self.hint = hint
    }
}

extension RolloutError: CustomStringConvertible {
    package var description: String {
        hint.map { "\(subject): \(message) (\($0))" } ?? "\(subject): \(message)"
    }
}
