internal import HySDS

/// What all verbs that change something have in common: observe, plan, show, execute, report.
package struct Outcome: Sendable, Encodable {
    package var plan: Plan
    package var isDryRun: Bool
    /// What the operator should know at the end: jobs that finish first, workloads left as they are.
    package var notes: [String] = []
}

extension Session {
    /// Plans without the lock, and when there is something to do, once more with it: nobody can come between.
    func carryOut(
        _ plan: @escaping @Sendable (Session) async throws -> Plan,
        recover: (@Sendable (Session, any Error) async throws -> Void)? = nil,
        conclude: (@Sendable (Session) async -> Void)? = nil
    ) async throws -> Outcome {
        let first = try await plan(self)
        for note in first.notes { emit(.note(note)) }
        guard !first.isEmpty, !options.isDryRun else { return Outcome(plan: first, isDryRun: options.isDryRun) }
        let session = self
        let done = try await LeaseLock(self).whileHeld(wait: options.lockWait, emit: emit) {
            let plan = try await plan(session)
            do {
                // A verb that can go back needs time for it: the deadline ends its steps, not itself.
                try await Executor(session).execute(plan, within: recover == nil ? nil : session.options.timeout)
            } catch {
                await Announcement(session).failed(error)
                guard let recover, !Task.isCancelled else { throw error }
                try await recover(session, error)
                throw error
            }
            await conclude?(session)
            return plan
        }
        await Announcement(session).done(done)
        return Outcome(plan: done, isDryRun: false)
    }

    /// Refuses a namespace that belongs to another installation.
    func check(_ records: Records) throws {
        let venue = site.configuration.venue
        guard let marker = records.marker, marker.venue != venue else { return }
        throw OperationError(
            .usage,
            "the namespace '\(namespace)' belongs to the venue '\(marker.venue)', the configuration is of '\(venue)'",
            hint: "check kubernetes.context and kubernetes.namespace in \(site.configurationFile)")
    }

    /// The same, where nothing else of the records is needed: one request.
    func checkNamespace() async throws {
        let marker = try await client.find(.configMap, namespace: namespace, name: RecordNames.marker)
        try check(Records([marker].compactMap(\.self)))
    }

    func workloads(of components: [Component], where isChosen: (Workload) -> Bool) -> [Workload] {
        components.flatMap { site.topology.workloads(of: $0) }.filter(isChosen)
    }
}

extension Workload {
    var isStore: Bool { role == .store }
    var isOneShot: Bool { !role.isLasting }
    /// Made by one verb for itself, never by start or update.
    var isOnDemand: Bool { role.isOnDemand }
    /// Runs all the time and isn't a store: what start, stop and update act on.
    var isRunning: Bool { !isStore && !isOneShot }
}
