internal import ArgumentParser
internal import Operations

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show the logs of a component's or a workload's pods.",
        discussion: "EXAMPLES\n  sds logs factotum --follow\n  sds logs mozart-rest --tail 100")

    @Argument(help: "A component, a workload or a program.", completion: Completions.names)
    var name: String
    @Flag(help: "Go on with what comes.")
    var follow = false
    @Option(help: "Lines from the end of each pod's log.")
    var tail = 200
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let logs = try Logs(name, follows: follow, tail: tail, site: surroundings.site)
        let session = try await surroundings.session("logs \(name)", Session.Options())
        let console = surroundings.console
        do {
            try await logs(session) { pod, line in console.result("\(pod)  \(line)") }
        } catch {
            throw OperationError(error)
        }
    }
}
