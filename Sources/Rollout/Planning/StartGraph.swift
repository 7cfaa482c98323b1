/// What starts after what.
package struct StartGraph: Hashable, Sendable {
    /// For every name what it waits for.
    package let dependencies: [String: Set<String>]

    /// - Throws: `RolloutError` naming the circle, or the name that nobody knows.
    package init(_ dependencies: [String: Set<String>]) throws(RolloutError) {
        for name in dependencies.keys.sorted() {
            for other in (dependencies[name] ?? []).sorted() where dependencies[other] == nil {
                throw RolloutError(.unknown, name, "starts after \(other), which isn't known")
            }
        }
        self.dependencies = dependencies
        if let cycle = Self.cycle(in: dependencies) {
            throw RolloutError(.cycle, cycle[0], "starts after itself: \(cycle.joined(separator: " → "))")
        }
    }

    /// Groups that may start together, each when all before it are up. What isn't among the names doesn't hold anything up.
    package func waves(of names: some Sequence<String>) -> [[String]] {
        var rest = Set(names)
        var waves: [[String]] = []
        while !rest.isEmpty {
            let wave = rest.filter { name in closure(of: [name]).isDisjoint(with: rest.subtracting([name])) }
            // Without a circle there is always one.
            waves.append(wave.sorted())
            rest.subtract(wave)
        }
        return waves
    }

    /// The reverse: what others need stops last.
    package func stopWaves(of names: some Sequence<String>) -> [[String]] {
        let all = Set(names)
        var rest = all
        var waves: [[String]] = []
        while !rest.isEmpty {
            let needed = rest.reduce(into: Set<String>()) { needed, name in
                needed.formUnion(closure(of: [name]).subtracting([name]))
            }
            let wave = rest.subtracting(needed)
            waves.append(wave.sorted())
            rest.subtract(wave)
        }
        return waves
    }

    /// The names with everything they need, directly or not.
    package func closure(of names: some Sequence<String>) -> Set<String> {
        var found: Set<String> = []
        var open = Array(names)
        while let name = open.popLast() {
            if found.insert(name).inserted { open += dependencies[name] ?? [] }
        }
        return found
    }

    /// Everything that needs one of these, directly or not, without them.
    package func dependents(of names: some Sequence<String>) -> Set<String> {
        let names = Set(names)
        return Set(dependencies.keys.filter { !names.contains($0) && !closure(of: [$0]).isDisjoint(with: names) })
    }

    /// What may start now: not begun, and nothing it needs among the names is still open.
    package func startable(of names: some Sequence<String>, done: Set<String>, begun: Set<String>) -> [String] {
        let names = Set(names)
        let open = names.subtracting(done)
        return names.subtracting(begun).subtracting(done)
            .filter { closure(of: [$0]).subtracting([$0]).isDisjoint(with: open) }.sorted()
    }

    /// A circle as a path whose first name is also its last.
    private static func cycle(in dependencies: [String: Set<String>]) -> [String]? {
        var finished: Set<String> = []
        var path: [String] = []
        func visit(_ name: String) -> [String]? {
            if let start = path.firstIndex(of: name) { return Array(path[start...]) + [name] }
            guard !finished.contains(name) else { return nil }
            path.append(name)
            for next in (dependencies[name] ?? []).sorted() {
                if let cycle = visit(next) { return cycle }
            }
            path.removeLast()
            finished.insert(name)
            return nil
        }
        for name in dependencies.keys.sorted() {
            if let cycle = visit(name) { return cycle }
        }
        return nil
    }
}
