internal import ArgumentParser
internal import Operations
internal import Synchronization

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show the logs of a component's or a workload's pods.",
        discussion: """
            EXAMPLES
              sds logs factotum --follow
              sds logs mozart-rest --tail 100
              sds logs grq --output json       one document; with --follow a JSON object a line
            """)

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
        let isJSON = options.output == .json
        let follows = follow
        let collected = Mutex<[LogReport.Line]>([])
        do {
            try await logs(session) { pod, line in
                if !isJSON {
                    console.result("\(pod)  \(line)")
                } else if follows {
                    console.result(jsonLine: ["pod": pod, "line": line])
                } else {
                    collected.withLock { $0.append(LogReport.Line(pod: pod, line: line)) }
                }
            }
        } catch {
            throw OperationError(error)
        }
        guard isJSON, !follow else { return }
        // Each pod's lines come in order; the pods side by side.
        let lines = Dictionary(grouping: collected.withLock { $0 }, by: \.pod).sorted { $0.key < $1.key }
        try console.result(json: LogReport(lines: lines.flatMap(\.value)))
    }
}

/// What `--output json` prints of logs that end.
struct LogReport: Encodable {
    struct Line: Encodable {
        let pod: String
        let line: String
    }

    let apiVersion = "sds/v1"
    let kind = "Logs"
    let lines: [Line]
}
