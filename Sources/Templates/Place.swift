/// A line of a template.
struct Place: Sendable, Equatable {
    var template: String
    var line: Int
}
