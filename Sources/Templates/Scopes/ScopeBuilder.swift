/// Collects what the names of a region mean, in the order in which the source mentions them.
struct ScopeBuilder {
    private let level: Int
    private let parent: Scope?
    private var identifiers: [String: String] = [:]
    private var loads: [String: Scope.Load] = [:]
    private var stores: Set<String> = []

    init(parent: Scope?) {
        self.parent = parent
        level = parent.map { $0.level + 1 } ?? 0
    }

    var scope: Scope {
        Scope(level: level, parent: parent, identifiers: identifiers, loads: loads, stores: stores)
    }

    private func find(_ name: String) -> String? { identifiers[name] ?? parent?.identifier(of: name) }

    private mutating func define(_ name: String, _ load: Scope.Load) {
        let identifier = "\(level) \(name)"
        identifiers[name] = identifier
        loads[identifier] = load
    }

    mutating func declare(_ name: String) {
        stores.insert(name)
        define(name, .parameter)
    }

    mutating func load(_ name: String) {
        if find(name) == nil { define(name, .resolve(name)) }
    }

    mutating func store(_ name: String) {
        stores.insert(name)
        guard identifiers[name] == nil else { return }
        define(name, parent?.identifier(of: name).map { .alias($0) } ?? .missing)
    }

    /// Joins the branches of an `if`: what only some of them set keeps its outer value in the others.
    mutating func merge(_ branches: [ScopeBuilder]) {
        let added = branches.reduce(into: Set<String>()) { $0.formUnion($1.stores) }.subtracting(stores)
        for branch in branches {
            identifiers.merge(branch.identifiers) { $1 }
            loads.merge(branch.loads) { $1 }
            stores.formUnion(branch.stores)
        }
        for name in added {
            guard let identifier = find(name) else { continue }
            loads[identifier] = parent?.identifier(of: name).map { .alias($0) } ?? .resolve(name)
        }
    }
}
