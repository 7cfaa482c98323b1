internal import ArgumentParser
internal import HySDS
internal import Operations

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what runs; exit code 8 when something that should doesn't.",
        discussion: "EXAMPLES\n  sds status all\n  sds status grq --watch\n  sds status all --output json")

    @Argument(help: "mozart, grq, metrics, factotum, verdi or all.", completion: Completions.components)
    var component = "all"
    @Flag(help: "Show it again every few seconds until interrupted.")
    var watch = false
    @Option(help: "One deadline for an answer.", transform: Interval.parse)
    var timeout: Duration = .seconds(60)
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let components = try surroundings.selection(component, for: .status)
        let session = try await surroundings.session("status \(component)", Session.Options())
        var report = try await Deadline.within(timeout, verb: "status") { try await Status(components)(session) }
        try show(report, surroundings.console)
        while watch {
            try await Task.sleep(for: .seconds(2))
            let next = try await Deadline.within(timeout, verb: "status") { try await Status(components)(session) }
            if next != report { try show(next, surroundings.console) }
            report = next
        }
        guard report.isHealthy else { throw ExitCode(8) }
    }

    private func show(_ report: StatusReport, _ console: Console) throws {
        if options.output == .json { return try console.result(json: report) }
        let text = StatusText(report: report, console: console)
        // Seen again and again in one place, the last line of the window left for the cursor.
        if watch, let rows = Console.windowRows {
            return console.result("\u{1b}[H\u{1b}[2J" + text.lines(fitting: max(2, rows - 1)).joined(separator: "\n"))
        }
        console.result(text.lines().joined(separator: "\n"))
    }
}
