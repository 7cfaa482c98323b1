internal import ArgumentParser
internal import HySDS
internal import Operations

struct ShipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship", abstract: "Bring the workers' code and configuration into their running pods.",
        discussion: """
            EXAMPLES
              sds ship
              sds ship --wait --timeout 2h    until every pod runs it
              sds ship --dry-run

            No job is ended: a worker takes the release between two jobs. Later pods come up with it. Done when every pod
            holds it, verified. What else changed (an image, resources) is the business of 'sds update'.

            With kubernetes.outside in the configuration it also writes ~/code_configs/<QUEUE>-<VENUE>.tbz2 for workers
            outside the cluster, and uploads them to CODE_BUCKET.
            """)

    @Argument(
        help: "Type of system; only hysds.",
        transform: { text in
            guard text == "hysds" else {
                throw ValidationError("expected 'hysds' after ship, found '\(text)'; 'sdskit' has no verbs here")
            }
            return text
        })
    var system = "hysds"
    @Flag(
        name: [.customShort("e"), .long],
        help: "Have the bucket encrypt the bundles for workers outside the cluster (SSE-S3).")
    var encrypt = false
    @Flag(help: "Wait until every pod runs the release, however long its job takes.")
    var wait = false
    @Flag(help: "Show what would be done and stop.")
    var dryRun = false
    @Option(help: "One deadline for everything: 90s, 15m, 2h.", transform: Interval.parse)
    var timeout: Duration = .seconds(900)
    @Option(help: "How long to wait when another operator holds the lock.", transform: Interval.parse)
    var lockWait: Duration = .seconds(60)
    @OptionGroup var rendering: RenderingOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options, allowsUndefined: rendering.allowUndefined)
        var settings = Session.Options()
        settings.isDryRun = dryRun
        settings.lockWait = lockWait
        settings.timeout = timeout
        let session = try await surroundings.session("ship", settings)
        let ship = Ship(waits: wait, bundles: BundleOptions(isEncrypted: encrypt))
        let shipping = Shipping(surroundings: surroundings, components: Component.allCases, isDryRun: dryRun)
        try await shipping.run("ship", session, within: timeout) { each in
            try await ship(session, each: each)
        }
    }
}

/// The way of the verbs that bring releases into running pods: a line per pod as it is done, then the summary.
struct Shipping {
    let surroundings: Surroundings
    /// The components that the verb acts on, for their hooks.
    let components: [Component]
    let isDryRun: Bool

    func run(
        _ verb: String, _ session: Session, within timeout: Duration,
        _ body: @escaping @Sendable (@escaping @Sendable (ShipReport.Pod) -> Void) async throws -> ShipReport
    ) async throws {
        let console = surroundings.console
        let isText = surroundings.options.output == .text
        let hooks = surroundings.hooks(verb, components)
        if isDryRun {
            hooks.titles.forEach { isText ? console.result($0) : console.message($0) }
        } else {
            try await surroundings.run(hooks, .pre, verb, within: timeout)
        }
        let report = try await Deadline.within(timeout, verb: verb) {
            try await body { pod in
                if isText { console.result(ShipText.line(of: pod)) }
            }
        }
        if isText {
            console.result(ShipText.summary(of: report, verb: verb))
        } else {
            try console.result(json: report)
        }
        try ShipText.check(report, verb: verb)
        if !isDryRun { try await surroundings.run(hooks, .post, verb, within: timeout) }
    }
}
