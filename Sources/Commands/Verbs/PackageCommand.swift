internal import ArgumentParser
internal import Foundation
internal import Operations

struct PackageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pkg", abstract: "List, export, import and remove packages: job types with their images.",
        discussion: """
            EXAMPLES
              sds pkg ls
              sds pkg ls | grep lightweight-jobs | cut -d ':' -f2
              sds pkg export container-hello:v1 -o packages    packages/container-hello-v1.sdspkg.tar
              sds pkg import container-hello-v1.sdspkg.tar
              sds pkg rm container-hello:v1 --dry-run

            A package is a container with its job specifications and HySDS-IOs, in mozart's Elasticsearch, and its images
            in the bucket CODE_BUCKET. The file is the one that sdscli writes and reads.
            """,
        subcommands: [List.self, Export.self, Import.self, Remove.self])

    func run() async throws {
        Console.standardError(Self.helpMessage())
        throw ExitCode(1)
    }

    /// Deadlines of commands that move images.
    struct Limits: ParsableArguments {
        @Option(help: "One deadline for everything: 90s, 15m, 2h.", transform: Interval.parse)
        var timeout: Duration = .seconds(7200)
        @Option(help: "How long to wait when another operator holds the lock.", transform: Interval.parse)
        var lockWait: Duration = .seconds(60)

        func settings(isDryRun: Bool) -> Session.Options {
            var settings = Session.Options()
            settings.isDryRun = isDryRun
            settings.lockWait = lockWait
            return settings
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls", abstract: "Print the id of every package, one a line.")

        @Option(help: "One deadline for everything: 90s, 15m, 2h.", transform: Interval.parse)
        var timeout: Duration = .seconds(300)
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let surroundings = try Surroundings(options)
            let list = try await surroundings.work("pkg ls", within: timeout) { try await PackageList.load($0) }
            try surroundings.console.result(list) { $0.packages.map(\.id) }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write a package with its images into one file, and print the file's name."
        )

        @Argument(help: "The package's id, as 'sds pkg ls' prints it.")
        var id: String
        @Option(
            name: [.customShort("o"), .long], help: "The folder for ID.sdspkg.tar; made when it isn't there.",
            completion: .directory)
        var outdir = "."
        @Flag(name: [.customShort("a"), .long], help: "With the accounts that may submit each job.")
        var accounts = false
        @Flag(name: [.customShort("D"), .long], help: "Without the images of dependencies.")
        var skipIncludeDependencyImages = false
        @OptionGroup var limits: Limits
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let export = PackageExport(
                id, folder: try Surroundings.path(outdir), keepsAccounts: accounts,
                skipsDependencies: skipIncludeDependencyImages)
            let surroundings = try Surroundings(options)
            let report = try await surroundings.work("pkg export \(id)", within: limits.timeout) {
                try await export($0)
            }
            try surroundings.console.result(report) { [$0.file] }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Bring a package file in: all of it or nothing; again is as good as once.")

        @Argument(help: "The file: ID.sdspkg.tar.", completion: .file(extensions: ["tar"]))
        var file: String
        @Flag(name: [.customShort("D"), .long], help: "Without the images of dependencies.")
        var skipIncludeDependencyImages = false
        @Flag(help: "Show what would be done and stop.")
        var dryRun = false
        @OptionGroup var limits: Limits
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let work = PackageImport(try Surroundings.path(file), skipsDependencies: skipIncludeDependencyImages)
            let surroundings = try Surroundings(options)
            let report = try await surroundings.work(
                "pkg import \(URL(fileURLWithPath: file).lastPathComponent)", within: limits.timeout,
                limits.settings(isDryRun: dryRun)
            ) { try await work($0) }
            try surroundings.console.result(report) { report in
                if report.isUnchanged { return ["sds pkg import: nothing to do, \(report.id) is there"] }
                guard report.isDryRun else { return ["sds pkg import: \(report.summary)"] }
                return report.images.map { "upload \($0)" } + report.documents.map { "write \($0)" }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove a package's documents, and the images that nothing else uses.")

        @Argument(help: "The package's id, as 'sds pkg ls' prints it.")
        var id: String
        @Flag(help: "Show what would be done and stop.")
        var dryRun = false
        @OptionGroup var limits: Limits
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let work = PackageRemoval(id)
            let surroundings = try Surroundings(options)
            let report = try await surroundings.work(
                "pkg rm \(id)", within: limits.timeout, limits.settings(isDryRun: dryRun)
            ) { try await work($0) }
            let console = surroundings.console
            if options.output == .json { return try console.result(json: report) }
            if report.isDryRun { for name in report.documents + report.images { console.result("remove \(name)") } }
            for (image, reason) in report.kept.sorted(by: { $0.key < $1.key }) {
                console.message("\(image) stays: \(reason)")
            }
            if !report.isDryRun { console.result("sds pkg rm: \(report.summary)") }
        }
    }
}
