internal import ArgumentParser
internal import Operations

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Save trigger rules to a file, or bring those of a file in.",
        discussion: """
            EXAMPLES
              sds rules export -o rules.json
              sds rules import rules.json --dry-run
              sds rules import rules.json

            The file is sdscli's: {"mozart": [rules about jobs], "grq": [rules about datasets]}.
            """,
        subcommands: [RulesExportCommand.self, RulesImportCommand.self])

    /// Without a word it does what sdscli does.
    func run() throws {
        Console.standardError(SDS.helpMessage(for: Self.self))
        throw ExitCode(1)
    }
}

struct RulesExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write all trigger rules into a file.",
        discussion: "EXAMPLES\n  sds rules export\n  sds rules export -o ~/.sds/rules/saved.json")

    @Option(name: [.customShort("o"), .long], help: "The file.", completion: .file())
    var outfile = "user_rules.json"
    @Option(help: "One deadline for everything: 90s, 15m, 2h.", transform: Interval.parse)
    var timeout: Duration = .seconds(900)
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let path = try Surroundings.path(outfile)
        let report = try await surroundings.work("rules export", within: timeout) {
            try await RuleExport(to: path)($0)
        }
        try surroundings.console.result(report) {
            ["\($0.file): \($0.mozart) rules of mozart, \($0.grq) of grq"]
        }
    }
}

struct RulesImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Bring the trigger rules of a file in; again changes nothing.",
        discussion: """
            EXAMPLES
              sds rules import rules.json
              sds rules import rules.json --replace --dry-run

            A rule that is there already, under whatever id, isn't added again. All rules are checked before the first is
            written. A name that is taken by a rule with other content is refused (exit code 3): both would fire. With
            --replace the file's rules take the place of those of their names, and copies of them go; rules of other
            names stay.
            """)

    @Argument(help: "The file: what 'rules export' writes.", completion: .file())
    var file: String
    @Flag(help: "Rules of the file take the place of those that have their names.")
    var replace = false
    @Flag(help: "Show what would be done and stop.")
    var dryRun = false
    @Option(help: "One deadline for everything: 90s, 15m, 2h.", transform: Interval.parse)
    var timeout: Duration = .seconds(900)
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        var settings = Session.Options()
        settings.isDryRun = dryRun
        let verb = RuleImport(try Surroundings.path(file), replaces: replace)
        let words = "rules import \(file.split(separator: "/").last ?? "")"
        let report = try await surroundings.work(words, within: timeout, settings) { try await verb($0) }
        try surroundings.console.result(report, RulesText.lines)
    }
}
