package import HySDS

/// A program of the operator's that runs before or after a verb: `~/.sds/hooks/pre-update-grq`.
package struct Hook: Sendable, Hashable {
    package enum Phase: String, Sendable, CaseIterable {
        case pre, post
    }

    /// The verbs that have hooks: those that change something.
    package static let verbs = ["update", "start", "stop", "reset", "start_tps", "stop_tps", "ship", "rollback"]

    package let phase: Phase
    package let verb: String
    /// Nil for the hook of the verb as a whole.
    package let component: Component?

    /// The file's name.
    package var name: String { "\(phase.rawValue)-\(verb)" + (component.map { "-\($0.rawValue)" } ?? "") }

    /// Before: the verb's hook, then each component's in the verb's order. After: the other way round.
    static func all(_ phase: Phase, _ verb: String, _ components: [Component]) -> [Hook] {
        let hooks =
            [Hook(phase: phase, verb: verb, component: nil)]
            + components.map { Hook(phase: phase, verb: verb, component: $0) }
        return phase == .pre ? hooks : hooks.reversed()
    }

    static let names: [String] = Phase.allCases.flatMap { phase in
        verbs.flatMap { all(phase, $0, Component.allCases) }.map(\.name)
    }
}
