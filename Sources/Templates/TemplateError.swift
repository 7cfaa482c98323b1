/// Why a template cannot be parsed or rendered, and where.
package struct TemplateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, to branch on.
    package enum Kind: Sendable, Equatable {
        /// The source is not a Jinja2 template.
        case syntax
        /// A name or attribute that nobody defined was used.
        case undefined
        /// An included, imported or extended template does not exist.
        case missingTemplate
        /// An operation does not exist for the types it got.
        case type
        /// An operation refuses the value it got.
        case value
        /// Anything else that Python raises, and what we refuse (randomness, memory addresses).
        case runtime
        /// The render is too deep, too long or beyond 64-bit integers.
        case limit
    }

    package let kind: Kind
    /// The template in which it happened, which may be an included one.
    package let template: String
    /// Counted from 1.
    package let line: Int
    package let message: String
    package let hint: String?

    package var description: String {
        let place = "\(template):\(line): \(message)"
        guard let hint else { return place }
        return "\(place) (\(hint))"
    }
}
