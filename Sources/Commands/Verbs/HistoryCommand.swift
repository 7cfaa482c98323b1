internal import ArgumentParser
internal import Operations

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show who changed what runs, when, and from which commits.",
        discussion: """
            EXAMPLES
              sds history
              sds history grq
              sds history mozart-rest --output json

            Sequence numbers count per workload; 'sds rollback --to' takes them.
            """)

    @Argument(help: "A component, a workload or all.", completion: Completions.names)
    var name = "all"
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let history = try History(name, site: surroundings.site)
        let session = try await surroundings.session("history \(name)", Session.Options())
        let report: HistoryReport
        do {
            report = try await history(session)
        } catch {
            throw OperationError(error)
        }
        try surroundings.console.result(report) { HistoryText(report: $0).lines() }
    }
}
