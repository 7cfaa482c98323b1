package import FoundationEssentials

/// What a kubeconfig's meaning depends on besides its text: the process' surroundings, given in for tests.
package struct KubeconfigSource: Sendable {
    package var environment: [String: String]
    package var home: String
    /// Whether standard input is a terminal, so that a credential plugin may ask something.
    package var isInteractive: Bool
    /// Where a pod finds its own token.
    package var serviceAccountFolder: String
    /// How long a plugin may take that can't ask anything.
    package var pluginTimeout: Duration
    package var now: @Sendable () -> Date
    /// Warnings for the operator, and with what a plugin is run.
    package var note: @Sendable (Note) -> Void

    package enum Note: Hashable, Sendable {
        case warning(String)
        /// A kubeconfig is code: this program is run because it says so.
        case running(String)
    }

    package init(
        environment: [String: String], home: String, isInteractive: Bool = false,
        serviceAccountFolder: String = "/var/run/secrets/kubernetes.io/serviceaccount",
        pluginTimeout: Duration = .seconds(120), now: @escaping @Sendable () -> Date = { Date.now },
        note: @escaping @Sendable (Note) -> Void = { _ in }
    ) {
        self.environment = environment
        self.home = home
        self.isInteractive = isInteractive
        self.serviceAccountFolder = serviceAccountFolder
        self.pluginTimeout = pluginTimeout
        self.now = now
        self.note = note
    }

    /// Of this process.
    package static func process(
        isInteractive: Bool, note: @escaping @Sendable (Note) -> Void = { _ in }
    ) -> KubeconfigSource {
        let environment = ProcessInfo.processInfo.environment
        return KubeconfigSource(
            environment: environment,
            home: environment["HOME"] ?? FileManager.default.homeDirectoryForCurrentUser.path(),
            isInteractive: isInteractive, note: note)
    }
}
