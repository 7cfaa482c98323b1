internal import ArgumentParser
internal import Foundation
internal import HySDS
internal import Operations

/// The way of every verb that changes something: ask, run hooks, work within the deadline, report.
struct Changing {
    let surroundings: Surroundings
    let change: ChangeOptions
    /// The components that the verb acts on, for their hooks.
    let components: [Component]

    /// - Parameters:
    ///   - question: sdscli's words: `Updating component[s]: grq`.
    ///   - allowance: added to the deadline for going back.
    func run(
        _ verb: String, question: String, options: Session.Options = Session.Options(),
        allowance: Duration = .zero,
        _ body: @escaping @Sendable (Session) async throws -> Outcome
    ) async throws {
        var options = options
        options.isDryRun = change.dryRun
        options.lockWait = change.lockWait
        options.timeout = change.timeout
        let hooks = surroundings.hooks(verb, components)
        let session = try await surroundings.session(verb, options)
        if !change.force && !change.dryRun {
            guard try Confirmation.ask(question) else { return surroundings.console.message("nothing was changed") }
        }
        if !change.dryRun { try await surroundings.run(hooks, .pre, verb, within: change.timeout) }
        let outcome = try await Deadline.within(change.timeout + allowance, verb: verb) { try await body(session) }
        try report(outcome, verb, hooks)
        if !change.dryRun { try await surroundings.run(hooks, .post, verb, within: change.timeout) }
    }

    private func report(_ outcome: Outcome, _ verb: String, _ hooks: Hooks) throws {
        let console = surroundings.console
        if surroundings.options.output == .json {
            let titles = outcome.isDryRun ? hooks.titles : []
            return try console.result(json: VerbReport(verb: verb, outcome: outcome, hooks: titles))
        }
        if outcome.isDryRun { hooks.titles.forEach { console.result($0) } }
        guard !outcome.plan.isEmpty else { return console.result("sds \(verb): nothing to do") }
        guard outcome.isDryRun else { return console.result("sds \(verb): done") }
        for step in outcome.plan.steps { console.result(step.action.title) }
    }
}

/// What `--output json` prints for a verb that changes something.
struct VerbReport: Encodable {
    let apiVersion = "sds/v1"
    let kind = "Outcome"
    let verb: String
    let outcome: Outcome
    /// With `--dry-run`: the operator's hooks that would run.
    let hooks: [String]
}

extension Surroundings {
    /// The operator's programs around a verb, such as `update grq`.
    func hooks(_ command: String, _ components: [Component]) -> Hooks {
        let words = command.split(separator: " ").map(String.init)
        let hooks = Hooks(
            words[0], word: words.dropFirst().first ?? "all", components: components, site: site,
            context: options.context, environment: ProcessInfo.processInfo.environment)
        for warning in hooks.warnings { console.message("warning: \(warning)", .warning) }
        return hooks
    }

    func run(_ hooks: Hooks, _ phase: Hook.Phase, _ verb: String, within limit: Duration) async throws {
        guard !hooks.present(phase).isEmpty else { return }
        try await Deadline.within(limit, verb: "\(verb): hooks") { [console] in
            try await hooks.run(phase) { console.show($0) }
        }
    }
}

/// One deadline for a verb as a whole.
enum Deadline {
    /// - Throws: `OperationError` (timed out) when `body` takes longer; it is cancelled then and tidies up first.
    static func within<Result: Sendable>(
        _ limit: Duration, verb: String, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            if let first { return first }
            group.cancelAll()
            var reason: [String] = []
            do {
                while let late = try await group.next() { if let late { return late } }
            } catch let error as OperationError where error.kind != .cancelled {
                reason = error.causes
            } catch {}
            throw OperationError(
                .timedOut, "sds \(verb) did not end within \(limit.brief)", causes: reason,
                hint: "run it again: it goes on from here; raise --timeout if it needs longer")
        }
    }
}
