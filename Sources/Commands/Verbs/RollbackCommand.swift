internal import ArgumentParser
internal import Operations

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Undo a component's last change; secrets stay current.",
        discussion: """
            EXAMPLES
              sds rollback grq
              sds rollback mozart-rest --to 3 -f    a sequence number of 'sds history'
              sds rollback mozart --dry-run

            Every workload that took part in the last change gets its previous revision, under a new sequence number.
            What is stopped stays stopped. A second rollback undoes the first. When it doesn't become ready, what ran
            before comes back by itself.
            """)

    @Argument(help: "A component or a workload.", completion: Completions.names)
    var name: String
    @Option(
        help: "The sequence number to go to; every workload must have it.",
        transform: { text in
            guard let number = Int(text), number > 0 else {
                throw ValidationError("expected a sequence number such as 3 after --to, found '\(text)'")
            }
            return number
        })
    var to: Int?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let rollback = try Rollback(name, to: to, site: surroundings.site)
        let target = to.map { " to revision \($0)" } ?? ""
        try await Changing(surroundings: surroundings, change: change, components: rollback.components).run(
            "rollback \(name)", question: "Rolling back: \(name)\(target)"
        ) { session in try await rollback(session) }
    }
}
