internal import ArgumentParser
internal import Operations

struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Copy files to and from pods, verified.",
        discussion: """
            EXAMPLES
              sds copy rules.json grq2:/tmp/rules.json     to all pods of grq2
              sds copy ~/data factotum:/data/work/         as /data/work/data, to all its pods
              sds copy mozart-rest:/tmp/report ./          from all of its pods

            One side is NAME:PATH; NAME is a pod, a workload, a program or a component, and means all of its pods.
            The destination is the copy's own name; with a slash at its end it is the folder that gets the copy.
            A file may also be copied into a folder that is there. A folder that is there is added to: nothing in it
            that isn't in the source is touched.

            What a pod holds already isn't sent again. A file appears in its place whole and verified or not at all. Done
            when each pod's own SHA-256 of what it holds equals ours. Copies from several pods each get a folder
            DESTINATION/POD.
            """)

    @Argument(help: "What is copied: a path here, or NAME:PATH in pods.")
    var source: String
    @Argument(help: "Where it goes: a path here, or NAME:PATH in pods.")
    var destination: String
    @Option(help: "The container; else each pod's main one.")
    var container: String?
    @Option(help: "One deadline for everything: 90s, 15m, 2h.", transform: Interval.parse)
    var timeout: Duration = .seconds(900)
    @Flag(help: "Show what would be sent and stop.")
    var dryRun = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let copy = try Copy(from: source, to: destination, container: container)
        let surroundings = try Surroundings(options)
        var settings = Session.Options()
        settings.isDryRun = dryRun
        settings.timeout = timeout
        let session = try await surroundings.session("copy", settings)
        let console = surroundings.console
        let isText = options.output == .text
        let report: CopyReport
        do {
            report = try await copy(session) { pod in
                if isText { console.result(CopyText.line(of: pod)) }
            }
        } catch {
            throw OperationError(error)
        }
        if !isText { try console.result(json: report) }
        if let error = report.error { throw error }
    }
}
