internal import ArgumentParser
internal import HySDS
internal import Operations

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Copy the catalog, job specs, containers and rules of the SSH era.",
        discussion: """
            EXAMPLES
              sds migrate -f
              sds migrate --dry-run
              sds migrate --back -f        what was added or changed here since, to the former stores

            FORMER_MOZART_ES_URL and FORMER_GRQ_ES_URL say where the former stores are, FORMER_ES_USER and
            FORMER_ES_PASSWORD who may read them. A Job copies and compares every document and counts both sides. It can
            be interrupted and run again. What is here and differs stays as it is here; nothing is ever deleted, and
            the former stores are only read, but with --back.
            """)

    @Flag(help: "To the former stores; what differs there is replaced.")
    var back = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var rendering: RenderingOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options, allowsUndefined: rendering.allowUndefined)
        let migrate = Migrate(isBack: back)
        let question = back ? "Copying back to the former stores" : "Copying from the former stores"
        try await Changing(surroundings: surroundings, change: change, components: Component.allCases).run(
            back ? "migrate back" : "migrate", question: question
        ) { session in try await migrate(session) }
    }
}
