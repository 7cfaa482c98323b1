internal import ArgumentParser
internal import HySDS
internal import Operations

struct CertificatesCommand: AsyncParsableCommand {
    enum Act: String, ExpressibleByArgument, CaseIterable {
        case status, rotate
    }

    static let configuration = CommandConfiguration(
        commandName: "certificates", abstract: "Show the services' certificates, or give them new ones while they run.",
        discussion: """
            EXAMPLES
              sds certificates
              sds certificates rotate all -f
              sds certificates rotate mozart --dry-run
              sds certificates rotate all --authority -f

            'sds update' and a first 'sds start' make what is missing and renew what is valid for less than 60 days.
            Rotating ends no connection and no job: pods get new files, servers present them to new connections, and each is
            asked. With --authority all pods trust both authorities first, then all certificates follow, then the former
            authority goes.
            """)

    @Argument(help: "status or rotate.")
    var act = Act.status
    @Argument(help: "mozart, grq, metrics, factotum, verdi or all.", completion: Completions.components)
    var component = "all"
    @Flag(help: "A new authority too.")
    var authority = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if authority, component != "all" {
            throw ValidationError("a new authority means new certificates for all, found '\(component)'")
        }
    }

    func run() async throws {
        let surroundings = try Surroundings(options)
        let components = try surroundings.selection(component, for: .status)
        guard act == .rotate else {
            let report = try await surroundings.work("certificates", within: change.timeout) {
                await CertificateReport.take($0)
            }
            try surroundings.console.result(report) {
                CertificateText(console: surroundings.console).table($0.certificates)
            }
            guard report.isHealthy else { throw ExitCode(8) }
            return
        }
        let rotation = RotateCertificates(components, authority: authority)
        let words = "certificates rotate \(component)\(authority ? " --authority" : "")"
        try await Changing(surroundings: surroundings, change: change, components: components).run(
            words, question: "Rotating certificates of component[s]: \(component)"
        ) { session in try await rotation(session) }
    }
}
