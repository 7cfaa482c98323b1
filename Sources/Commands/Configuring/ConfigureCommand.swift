internal import ArgumentParser
internal import Foundation
internal import HySDS
internal import Operations

struct ConfigureCommand: AsyncParsableCommand {
    enum Word: String, ExpressibleByArgument, CaseIterable {
        case hysds, check
    }

    static let configuration = CommandConfiguration(
        commandName: "configure",
        abstract: "Write ~/.sds/config, from your answers or from sdscli's own; check it against the cluster.",
        discussion: """
            EXAMPLES
              sds configure                              asks, with every answer explained
              sds configure --from ~/.sds/config         takes over what sdscli wrote, and says what each key becomes
              sds configure --from old --keep mozart-es --keep grq-es --anew all -f    unattended
              SDS_VENUE=ops SDS_KUBERNETES_NAMESPACE=hysds sds configure --from old --anew all -f
              sds configure check                        what lacks, a line each; exit code 8 (4: rights) when something does
              sds configure --reference                  every key there is, with its explanation

            The file is replaced as a whole or not at all, with mode 0600; the previous one stays beside it as
            config.previous. No key is lost. Passwords left empty are made in the cluster. Environment variables SDS_KEY
            set keys: SDS_GRQ_PORT, SDS_KUBERNETES_INGRESS_HOST.
            """)

    @Argument(help: "hysds, or check: look at the configuration and the cluster, change nothing.")
    var word = Word.hysds
    @Flag(help: "Print the commented reference of all keys.")
    var reference = false
    @Option(help: "Take over this file: sdscli's, or one of sds.", completion: .file())
    var from: String?
    @Option(help: "With --from: a store that stays where it is; may be repeated; 'all' for the rest.")
    var keep: [String] = []
    @Option(help: "With --from: a store that starts anew in the cluster; may be repeated; 'all' for the rest.")
    var anew: [String] = []
    @Flag(name: [.customShort("f"), .long], help: "Replace the file without asking.")
    var force = false
    @Flag(help: "Say what would be written and stop.")
    var dryRun = false
    @Option(help: "One deadline for the answers of 'check'.", transform: Interval.parse)
    var timeout: Duration = .seconds(60)
    @OptionGroup var rendering: RenderingOptions
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if from == nil && !(keep.isEmpty && anew.isEmpty) {
            throw ValidationError("--keep and --anew say what becomes of the stores of --from FILE, which is missing")
        }
    }

    func run() async throws {
        if reference { return try printReference() }
        switch word {
        case .check:
            try await Checking(options: options, timeout: timeout, allowsUndefined: rendering.allowUndefined).run()
        case .hysds:
            try Configuring(command: self).run()
        }
    }

    private func printReference() throws {
        guard let bytes = try Surroundings.share().files(below: "conf")["sds.config"] else {
            throw OperationError(.usage, "conf/sds.config is missing", hint: "install sds again")
        }
        FileHandle.standardOutput.write(Data(bytes))
    }
}
