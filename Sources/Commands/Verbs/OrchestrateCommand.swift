internal import ArgumentParser
internal import Operations

/// sdscli's words for systems in containers, on top of the verbs that do the same.
struct OrchestrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orch", abstract: "sdscli's words for update, start, stop, status, logs and run.",
        discussion: """
            EXAMPLES
              sds orch init core -f       update
              sds orch start mozart -f    start
              sds orch ps all             status, always with exit code 0
              sds orch logs grq -f        logs --follow
              sds orch run mozart ls      run

            Components: mozart, grq, metrics, factotum, all, and core, which is all but the workers of queues.
            """,
        subcommands: [Init.self, Start.self, Stop.self, List.self, Logs.self, Run.self])

    func run() async throws {
        Console.standardError(Self.helpMessage())
        throw ExitCode(1)
    }

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "init", abstract: "The same as update.")
        @Argument(help: "mozart, grq, metrics, factotum, core or all.") var component: String
        @OptionGroup var change: ChangeOptions
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            var command = try UpdateCommand.parse([component])
            command.change = change
            command.options = options
            try await command.run()
        }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "start", abstract: "The same as start.")
        @Argument(help: "mozart, grq, metrics, factotum, core or all.") var component: String
        @Option(name: [.customShort("r"), .long], help: "Only latest: the configuration says which images run.")
        var release = "latest"
        @OptionGroup var change: ChangeOptions
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            guard release == "latest" else {
                throw OperationError(
                    .usage, "expected 'latest' after -r, found '\(release)'",
                    hint: "images are what 'sds build' made, or what kubernetes.images of the configuration names")
            }
            var command = try StartCommand.parse([component])
            command.change = change
            command.options = options
            try await command.run()
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "stop", abstract: "The same as stop.")
        @Argument(help: "mozart, grq, metrics, factotum, core or all.") var component: String
        @OptionGroup var change: ChangeOptions
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            var command = try StopCommand.parse([component])
            command.change = change
            command.options = options
            try await command.run()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ps", abstract: "The same as status, but with exit code 0 whatever runs.")
        @Argument(help: "mozart, grq, metrics, factotum, core or all.") var component: String
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            var command = try StatusCommand.parse([component])
            command.options = options
            do {
                try await command.run()
            } catch let code as ExitCode where code.rawValue == 8 {}
        }
    }

    struct Logs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "logs", abstract: "The same as logs.")
        @Argument(help: "mozart, grq, metrics or factotum.") var component: String
        @Flag(name: [.customShort("f"), .long], help: "Go on with what is written from now on.")
        var follow = false
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            var command = try LogsCommand.parse([component] + (follow ? ["--follow"] : []))
            command.options = options
            try await command.run()
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "run", abstract: "The same as run.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: "mozart, grq, metrics or factotum.") var component: String
        @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.") var command: [String] = []

        func run() async throws {
            var run = try RunCommand.parse([component, "--"] + command.drop { $0 == "--" })
            run.options = options
            try await run.run()
        }
    }
}
