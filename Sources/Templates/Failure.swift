/// An error inside the engine, whose kind tells what Python code would catch it.
struct Failure: Error {
    /// Python's exception classes, as far as filters and lookups tell them apart.
    enum Kind {
        case attribute, index, key, type, value, zeroDivision, overflow, undefined, runtime
        case missingTemplate, syntax, limit
    }

    var kind: Kind
    var message: String
    var hint: String?
    var place: Place?

    init(_ kind: Kind, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
    }

    static func type(_ message: String) -> Failure { Failure(.type, message) }
    static func value(_ message: String) -> Failure { Failure(.value, message) }
    static func runtime(_ message: String) -> Failure { Failure(.runtime, message) }
    static func limit(_ message: String) -> Failure { Failure(.limit, message) }

    static var overflow: Failure {
        Failure(.limit, "the integer does not fit in 64 bits")
    }

    /// What `LookupError`, `TypeError` and `AttributeError` are in Python: a subscript turns them into undefined.
    var isLookup: Bool {
        switch kind {
        case .attribute, .index, .key, .type: true
        default: false
        }
    }

    func located(_ place: Place) -> Failure {
        guard self.place == nil else { return self }
        var copy = self
        copy.place = place
        return copy
    }

    func error(within template: String) -> TemplateError {
        let kind: TemplateError.Kind =
            switch self.kind {
            case .type, .attribute: .type
            case .value, .index, .key, .zeroDivision: .value
            case .undefined: .undefined
            case .missingTemplate: .missingTemplate
            case .syntax: .syntax
            case .limit, .overflow: .limit
            case .runtime: .runtime
            }
        return TemplateError(
            kind: kind, template: place?.template ?? template, line: place?.line ?? 1, message: message, hint: hint)
    }
}
