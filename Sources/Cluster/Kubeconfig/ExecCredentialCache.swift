import FoundationEssentials

/// Runs a credential plugin when there is need, and once for all who ask at the same time.
actor ExecCredentialCache {
    private let plugin: ExecPlugin
    private var last: ExecCredentialReply?
    private var running: Task<ExecCredentialReply, any Error>?

    init(_ plugin: ExecPlugin) {
        self.plugin = plugin
    }

    /// - Parameter renew: The last one was refused, so it is worth nothing whatever its expiry says.
    func credential(renew: Bool) async throws -> Credential {
        if let last, !renew, last.expiry.map({ $0 > plugin.source.now() }) ?? true { return last.credential }
        if let running { return try await running.value.credential }
        let task = Task { [plugin] in try await plugin.run() }
        running = task
        defer { running = nil }
        let reply = try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
        last = reply
        return reply.credential
    }
}
