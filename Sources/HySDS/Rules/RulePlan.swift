/// What an import has to do in one store: computed from names and identities, so that equal rules are recognised whatever
/// their ids are (sdscli and mozart's user interface let Elasticsearch make them up).
package struct RulePlan: Sendable, Equatable {
    /// A rule of the file.
    package struct Wanted: Sendable, Equatable {
        package let name: String
        package let identity: String

        package init(name: String, identity: String) {
            (self.name, self.identity) = (name, identity)
        }
    }

    /// A rule in the store, with what Elasticsearch wants to know of whoever overwrites exactly this version.
    package struct Present: Sendable, Equatable {
        package let id: String
        package let name: String
        package let identity: String
        package let sequence: Int
        package let term: Int

        package init(id: String, name: String, identity: String, sequence: Int, term: Int) {
            (self.id, self.name, self.identity, self.sequence, self.term) = (id, name, identity, sequence, term)
        }
    }

    package enum Step: Sendable, Equatable {
        /// Under an id that isn't taken.
        case add(id: String)
        /// In its place: the id stays.
        case replace(Present)
    }

    /// What each rule of the file that isn't there yet needs, by its identity.
    package private(set) var steps: [String: Step] = [:]
    package private(set) var removals: [Present] = []
    package private(set) var unchanged = 0
    /// Rules of the file that stand in it more than once.
    package private(set) var repeated = 0
    /// Rules that the store holds more than once.
    package private(set) var duplicates = 0
    /// Names that the store has with other content: importing would make both rules fire.
    package private(set) var conflicts: [String] = []

    package var isEmpty: Bool { steps.isEmpty && removals.isEmpty }
    package var added: Int { steps.values.count { if case .add = $0 { true } else { false } } }
    package var replaced: Int { steps.count - added }

    /// - Parameter replaces: the file's rules take the place of those in the store that have their names; other names
    ///   are left alone.
    package init(_ wanted: [Wanted], present: [Present], replaces: Bool) {
        let byName = Dictionary(grouping: present, by: \.name)
        var taken = Set(present.map(\.id))
        var seen: Set<String> = []
        var order: [String] = []
        var groups: [String: [Wanted]] = [:]
        for rule in wanted {
            guard seen.insert(rule.identity).inserted else {
                repeated += 1
                continue
            }
            if groups[rule.name] == nil { order.append(rule.name) }
            groups[rule.name, default: []].append(rule)
        }
        for name in order {
            let rules = groups[name] ?? []
            let identities = Set(rules.map(\.identity))
            var found: Set<String> = []
            var (others, copies): ([Present], [Present]) = ([], [])
            for rule in byName[name] ?? [] {
                if !identities.contains(rule.identity) {
                    others.append(rule)
                } else if !found.insert(rule.identity).inserted {
                    copies.append(rule)
                }
            }
            let missing = rules.filter { !found.contains($0.identity) }
            unchanged += rules.count - missing.count
            duplicates += copies.count
            if !replaces && !missing.isEmpty && !others.isEmpty { conflicts.append(name) }
            for rule in missing {
                if replaces && !others.isEmpty {
                    steps[rule.identity] = .replace(others.removeFirst())
                } else {
                    let id = RulePlan.free(UserRule.id(for: rule.identity), taken)
                    taken.insert(id)
                    steps[rule.identity] = .add(id: id)
                }
            }
            if replaces { removals += others + copies }
        }
    }

    /// An id may be taken by a rule that was renamed since.
    private static func free(_ id: String, _ taken: Set<String>) -> String {
        guard taken.contains(id) else { return id }
        return (2...).lazy.map { "\(id)-\($0)" }.first { !taken.contains($0) } ?? id
    }
}
