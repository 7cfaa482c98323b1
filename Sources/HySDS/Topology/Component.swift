/// A part of HySDS that operators name on the command line.
package enum Component: String, Hashable, Sendable, CaseIterable, Codable {
    case mozart
    case grq
    case metrics
    case factotum
    case verdi
}

/// What a workload is for, which decides which verbs touch it.
package enum Role: String, Hashable, Sendable, CaseIterable, Codable {
    case store
    case service
    case singleton
    case worker
    case setup
    /// Clears stores; runs for `reset` alone.
    case reset
    /// Asks stores and services for a verb, while nothing else with their credentials runs.
    case access
    /// Copies from the stores of the SSH era, and back; run for `migrate` alone.
    case migration
    case wayBack = "way-back"
    case proxy

    /// Whether it runs only when its own verb is said.
    package var isOnDemand: Bool { [.reset, .access, .migration, .wayBack].contains(self) }

    /// Whether it runs on, so that start, stop and status mean it.
    package var isLasting: Bool { self != .setup && !isOnDemand }
}

/// How a workload takes a new release in place.
package enum Reload: String, Hashable, Sendable, CaseIterable, Codable {
    /// gunicorn loads the code again from its logical path.
    case hup
    /// The supervisor finishes its jobs, then starts again.
    case drain
    case restart
}
