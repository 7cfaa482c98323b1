internal import ArgumentParser
internal import HySDS
internal import Operations

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what update would change: exit code 0 nothing, 1 something.",
        discussion: """
            EXAMPLES
              sds diff grq
              sds diff all -c                configuration only
              sds diff mozart && echo same

            Secrets are masked, and lines that only a secret file in the cluster has are not shown.
            """)

    @Argument(help: "mozart, grq, metrics, factotum, verdi or all.", completion: Completions.components)
    var component = "all"
    @Flag(name: [.customShort("c"), .long], help: "Configuration only: the code stays what the cluster runs.")
    var configOnly = false
    @Flag(help: "Show changes of the stores' own configuration too.")
    var stores = false
    @Option(help: "One deadline for everything: 90s, 15m, 2h.", transform: Interval.parse)
    var timeout: Duration = .seconds(300)
    @OptionGroup var rendering: RenderingOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        do {
            try await compare()
        } catch let error as ExitCode {
            throw error
        } catch {
            var reported = OperationError(error)
            // 1 means that something differs.
            if reported.exitCode == 1 { reported.kind = .usage }
            throw reported
        }
    }

    private func compare() async throws {
        let surroundings = try Surroundings(options, allowsUndefined: rendering.allowUndefined)
        let components = try surroundings.selection(component, for: .update)
        var settings = Session.Options()
        settings.isConfigurationOnly = configOnly
        settings.appliesStores = stores
        let session = try await surroundings.session("diff \(component)", settings)
        let refresh = configOnly ? nil : try Workshop(surroundings).refresh(components)
        let report = try await Deadline.within(timeout, verb: "diff") {
            let pending = try await refresh?(session, isDryRun: true) ?? [:]
            return try await Diff(components, after: pending)(session)
        }
        try surroundings.console.result(report) {
            DifferenceText(report: $0, console: surroundings.console).lines()
        }
        if report.isDifferent { throw ExitCode(1) }
    }
}
