internal import ArgumentParser
internal import HySDS
internal import Operations

extension DashboardVerb.Act: ExpressibleByArgument {}

struct KibanaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kibana", abstract: "Bring dashboards into Kibana or OpenSearch Dashboards, save or remove them.",
        discussion: """
            EXAMPLES
              sds kibana import -f
              sds kibana export -o dashboards.ndjson
              sds kibana import dashboards.ndjson -f
              sds kibana delete -f

            Without a file, import and delete act on the three that sdscli's configure wrote: job-, worker- and
            sdswatch-dashboards.json of ~/.sds/files/kibana_dashboard_import, with METRICS_ES_ENGINE: opensearch of
            ~/.sds/files/opensearch_dashboards_import. Import waits until the dashboards are ready, makes the index
            patterns logstash-* and sdswatch-*, and makes the first the default. Again changes nothing.
            """)

    @Argument(help: "import, export or delete.")
    var act: DashboardVerb.Act
    @Argument(help: "With import and delete: files of dashboards.", completion: .file())
    var files: [String] = []
    @Flag(name: [.customShort("f"), .long], help: "Don't ask.")
    var force = false
    @Option(name: [.customShort("o"), .long], help: "With export: the file.", completion: .file())
    var outfile: String?
    @Flag(help: "Show what would be done and stop.")
    var dryRun = false
    @Option(help: "How long to wait until the dashboards are ready.", transform: Interval.parse)
    var timeout: Duration = .seconds(120)
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if act == .export && !files.isEmpty {
            throw ValidationError("export takes no file as an argument; say -o \(files[0])")
        }
        if act != .export && outfile != nil { throw ValidationError("-o is export's alone") }
    }

    func run() async throws {
        let surroundings = try Surroundings(options)
        var settings = Session.Options()
        settings.isDryRun = dryRun
        let verb = DashboardVerb(
            act, files: try files.map { try Surroundings.path($0) },
            outfile: try Surroundings.path(outfile ?? "dashboards.ndjson"))
        if act != .export && !force && !dryRun {
            guard try Confirmation.ask("Updating Kibana: \(act.rawValue)") else {
                return surroundings.console.message("nothing was changed")
            }
        }
        // What follows readiness is quick, however long that took.
        let report = try await surroundings.work(
            "kibana \(act.rawValue)", within: timeout, allowance: .seconds(600), settings
        ) { try await verb($0) }
        try surroundings.console.result(report) { [KibanaCommand.text($0)] }
    }

    static func text(_ report: DashboardReport) -> String {
        let name = report.engine.rawValue
        let would = report.isDryRun ? "would be " : ""
        switch report.act {
        case .export: return "\(report.file ?? ""): \(report.exported) saved objects of \(name)"
        case .delete: return "\(name): \(would)deleted: \(report.deleted) saved objects"
        case .import:
            let pattern = report.setsDefault ? ", default index pattern \(would)set" : ""
            return
                "\(name): \(would)imported: \(report.imported) saved objects, unchanged: \(report.unchanged)\(pattern)"
        }
    }
}
