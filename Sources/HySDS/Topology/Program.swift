/// A line of `status`: a process by the name that supervisord had for it.
package struct Program: Hashable, Sendable, Codable {
    package enum State: String, Hashable, Sendable, CaseIterable, Codable {
        case running = "RUNNING"
        case starting = "STARTING"
        case stopping = "STOPPING"
        case stopped = "STOPPED"
        /// Restarted again and again.
        case backingOff = "BACKOFF"
        case fatal = "FATAL"
        case unknown = "UNKNOWN"

        /// Whether what should run does, or is on its way.
        package var isHealthy: Bool { [.running, .starting, .stopping, .stopped].contains(self) }
    }

    package let name: String
    package let workload: String
    package let role: Role

    package init(name: String, workload: String, role: Role) {
        self.name = name
        self.workload = workload
        self.role = role
    }

    /// `grq2                             RUNNING   2 of 2, release 3f9c, 5 days`: supervisorctl's columns.
    package func line(_ state: State, detail: String) -> String {
        let name = name.count < 33 ? name + String(repeating: " ", count: 33 - name.count) : name + " "
        let word = state.rawValue + String(repeating: " ", count: max(1, 10 - state.rawValue.count))
        var line = name + word + detail
        while line.last == " " { line.removeLast() }
        return line
    }
}
