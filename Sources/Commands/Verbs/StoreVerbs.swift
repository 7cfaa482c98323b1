internal import ArgumentParser
internal import HySDS
internal import Operations

struct StartStoresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start_tps", abstract: "Start the stores (third-party services) of components.",
        discussion: "EXAMPLES\n  sds start_tps all -f")

    @Argument(help: "mozart, grq, metrics or all.", completion: Completions.storeOwners)
    var component: String
    @OptionGroup var change: ChangeOptions
    @OptionGroup var rendering: RenderingOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options, allowsUndefined: rendering.allowUndefined)
        let components = try surroundings.selection(component, for: .startStores)
        try await Changing(surroundings: surroundings, change: change, components: components).run(
            "start_tps \(component)", question: "Starting TPS on component[s]: \(component)"
        ) { session in try await Stores(components, .up, isForced: false)(session) }
    }
}

struct StopStoresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop_tps", abstract: "Stop the stores (third-party services) of components; their data stays.",
        discussion: """
            EXAMPLES
              sds stop all -f && sds stop_tps all -f

            Refused while something that needs them runs, unless --force is said.
            """)

    @Argument(help: "mozart, grq, metrics or all.", completion: Completions.storeOwners)
    var component: String
    @OptionGroup var change: ChangeOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let components = try surroundings.selection(component, for: .stopStores)
        let isForced = change.force
        try await Changing(surroundings: surroundings, change: change, components: components).run(
            "stop_tps \(component)", question: "Stopping TPS on component[s]: \(component)"
        ) { session in try await Stores(components, .down, isForced: isForced)(session) }
    }
}
