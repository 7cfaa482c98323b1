internal import ArgumentParser
internal import HySDS
internal import Operations

struct UpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Make components what configuration and checkout say.",
        discussion: """
            EXAMPLES
              sds update grq -f
              sds update all -f -c          configuration only
              sds update mozart --dry-run   show what would be done

            What runs goes on running and takes the new release; what is stopped stays stopped. When the new release
            doesn't become ready, the previous one comes back by itself.
            """)

    @Argument(help: "mozart, grq, metrics, factotum, verdi or all.", completion: Completions.components)
    var component: String
    @Flag(name: [.customShort("n"), .long], help: "Release only: never build an image.")
    var ndeps = false
    @Flag(name: [.customShort("c"), .long], help: "Configuration only: the code stays what the cluster runs.")
    var configOnly = false
    @Flag(help: "Apply changes of the stores' own configuration too.")
    var stores = false
    @Flag(help: "Into the pods that run, as 'ship' does it; workers only.")
    var live = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var rendering: RenderingOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options, allowsUndefined: rendering.allowUndefined)
        let components = try surroundings.selection(component, for: .update)
        var settings = Session.Options()
        settings.isConfigurationOnly = configOnly
        if live { return try await runLive(components, surroundings, settings) }
        settings.appliesStores = stores
        let refresh: RefreshImages? =
            if ndeps || configOnly {
                nil
            } else {
                try Workshop(surroundings).refresh(components)
            }
        try await Changing(surroundings: surroundings, change: change, components: components).run(
            "update \(component)", question: "Updating component[s]: \(component)", options: settings,
            allowance: .seconds(300)
        ) { session in
            let pending = try await refresh?(session, isDryRun: session.options.isDryRun) ?? [:]
            return try await Update(components, after: pending)(session)
        }
    }

    private func runLive(
        _ components: [Component], _ surroundings: Surroundings, _ settings: Session.Options
    ) async throws {
        var settings = settings
        settings.isDryRun = change.dryRun
        settings.lockWait = change.lockWait
        settings.timeout = change.timeout
        let verb = "update \(component)"
        if !change.force && !change.dryRun {
            guard try Confirmation.ask("Updating component[s]: \(component)") else {
                return surroundings.console.message("nothing was changed")
            }
        }
        let session = try await surroundings.session(verb, settings)
        let shipping = Shipping(surroundings: surroundings, components: components, isDryRun: change.dryRun)
        try await shipping.run("\(verb) --live", session, within: change.timeout) { each in
            try await LiveUpdate(components)(session, each: each)
        }
    }
}

struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start components; done when they serve.",
        discussion: "EXAMPLES\n  sds start all -f\n  sds start grq -f --timeout 5m")

    @Argument(help: "mozart, grq, metrics, factotum, verdi or all.", completion: Completions.components)
    var component: String
    @OptionGroup var change: ChangeOptions
    @OptionGroup var rendering: RenderingOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options, allowsUndefined: rendering.allowUndefined)
        let components = try surroundings.selection(component, for: .start)
        try await Changing(surroundings: surroundings, change: change, components: components).run(
            "start \(component)", question: "Starting component[s]: \(component)"
        ) { session in try await Start(components)(session) }
    }
}

/// How long running jobs may go on when their worker stops.
struct DrainOptions: ParsableArguments {
    @Flag(help: "Let running jobs end, however long they take.")
    var waitJobs = false
    @Flag(help: "Running jobs go back to their queue at once.")
    var now = false

    var limit: DrainLimit { now ? .now : waitJobs ? .none : .perQueue }

    func validate() throws {
        if waitJobs && now { throw ValidationError("--wait-jobs and --now exclude each other") }
    }
}

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop components; done when their pods are gone. Stores go on.",
        discussion: """
            EXAMPLES
              sds stop factotum -f
              sds stop all -f --wait-jobs --timeout 2h

            A running job has its queue's drain limit (60 s unless set) to end; then it goes back to its queue.
            """)

    @Argument(help: "mozart, grq, metrics, factotum, verdi or all.", completion: Completions.components)
    var component: String
    @OptionGroup var drain: DrainOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let components = try surroundings.selection(component, for: .stop)
        let limit = drain.limit
        try await Changing(surroundings: surroundings, change: change, components: components).run(
            "stop \(component)", question: "Stopping component[s]: \(component)"
        ) { session in try await Stop(components, limit: limit)(session) }
    }
}

struct ResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Clear queues, job status and Redis, then start the components.",
        discussion: """
            EXAMPLES
              sds stop all -f; sds reset all -f; sds start all -f

            The consumers of all components stand still meanwhile. Catalogs, job specs, rules and containers are kept.
            """)

    @Argument(help: "mozart, grq, metrics, factotum, verdi or all.", completion: Completions.components)
    var component: String
    @OptionGroup var drain: DrainOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var rendering: RenderingOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options, allowsUndefined: rendering.allowUndefined)
        let components = try surroundings.selection(component, for: .reset)
        let limit = drain.limit
        try await Changing(surroundings: surroundings, change: change, components: components).run(
            "reset \(component)", question: "Resetting component[s]: \(component)"
        ) { session in try await Reset(components, limit: limit)(session) }
    }
}
