/// What is wrong with a configuration, a selection, the topology or a template.
///
/// `subject` names the place so that an editor can jump to it: `config:12: GRQ_PORT`.
package struct HySDSError: Error, Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case configuration
        case selection
        case topology
        case template
        case rendering
    }

    package var kind: Kind
    package var subject: String
    /// Lower case, no full stop; says what was expected and what was found.
    package var message: String
    /// What to do next.
    package var hint: String?

    package init(_ kind: Kind, _ subject: String, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.message = message
        self.hint = hint
    }
}

extension HySDSError: CustomStringConvertible {
    package var description: String {
        let line = "\(subject): \(message)"
        return hint.map { "\(line) (\($0))" } ?? line
    }
}
