/// Where one target stands.
package enum Progress: Hashable, Sendable, Codable {
    /// With its counts: `3 of 3 pods available`.
    case done(String)
    /// With what is still missing: `2 of 3 pods available`.
    case waiting(String)
    /// The verdict: this cause lasted longer than it may.
    case failing(Cause)

    package var isDone: Bool { if case .done = self { true } else { false } }
    package var isFailing: Bool { if case .failing = self { true } else { false } }
}
