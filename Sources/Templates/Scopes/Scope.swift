/// Which variable a name means in one region of a template, decided before rendering.
///
/// Jinja2 compiles templates to Python functions whose local variables it picks by a static analysis; its
/// corner cases (a loop that reads a name which is set later, branches that set different names) follow from
/// it, so the same analysis is made here. An identifier is unique among the regions that enclose each other.
final class Scope: Sendable {
    /// What a variable holds when the region is entered.
    enum Load: Sendable {
        /// A parameter or loop target: set by whoever enters.
        case parameter
        /// The value of this name in the context.
        case resolve(String)
        /// The value of a variable of an enclosing region.
        case alias(String)
        case missing
    }

    let level: Int
    let parent: Scope?
    let identifiers: [String: String]
    let loads: [String: Load]
    let stores: Set<String>

    init(level: Int, parent: Scope?, identifiers: [String: String], loads: [String: Load], stores: Set<String>) {
        self.level = level
        self.parent = parent
        self.identifiers = identifiers
        self.loads = loads
        self.stores = stores
    }

    func identifier(of name: String) -> String? {
        identifiers[name] ?? parent?.identifier(of: name)
    }

    /// Every name that this region or an enclosing one sets, with its innermost variable.
    var allStores: [String: String] {
        var result = parent?.allStores ?? [:]
        for name in stores { result[name] = identifier(of: name) }
        return result
    }
}
