internal import ArgumentParser

/// The root of the command line: sdscli's verbs and ours.
struct SDS: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sds",
        abstract: "Runs a HySDS science data system on Kubernetes.",
        discussion: """
            EXAMPLES
              sds update all -f && sds start all -f    first start of a new system
              sds update grq -f                        new code and configuration for grq
              sds stop all -f; sds reset all -f; sds start all -f
              sds status all                           what runs; exit code 8 when something doesn't
              sds logs factotum --follow
              sds render grq | kubectl diff -f -
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "Configuration", subcommands: [ConfigureCommand.self]),
            CommandGroup(
                name: "Components",
                subcommands: [
                    UpdateCommand.self, ShipCommand.self, StartCommand.self, StopCommand.self, ResetCommand.self,
                    StatusCommand.self,
                ]),
            CommandGroup(
                name: "Stores", subcommands: [StartStoresCommand.self, StopStoresCommand.self, MigrateCommand.self]),
            CommandGroup(
                name: "Changes",
                subcommands: [DiffCommand.self, HistoryCommand.self, RollbackCommand.self, LockCommand.self]),
            CommandGroup(name: "Certificates", subcommands: [CertificatesCommand.self]),
            CommandGroup(name: "Files", subcommands: [CopyCommand.self]),
            CommandGroup(name: "Images", subcommands: [BuildCommand.self]),
            CommandGroup(
                name: "Jobs",
                subcommands: [PackageCommand.self, JobCommand.self, RulesCommand.self, KibanaCommand.self]),
            CommandGroup(name: "Inspection", subcommands: [LogsCommand.self, RunCommand.self, RenderCommand.self]),
            CommandGroup(name: "Other words", subcommands: [OrchestrateCommand.self]),
            CommandGroup(name: "Shell", subcommands: [CompletionCommand.self, ManualCommand.self]),
            CommandGroup(name: "Not built yet", subcommands: UnbuiltVerbs.all),
        ])
}
