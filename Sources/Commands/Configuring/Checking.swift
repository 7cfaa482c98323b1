internal import ArgumentParser
internal import HySDS
internal import Operations

/// One run of `configure check`: a line for each thing looked at, then the exit code.
struct Checking {
    let options: GlobalOptions
    let timeout: Duration
    let allowsUndefined: Bool

    func run() async throws {
        let console = Console(format: options.output)
        var report = CheckReport()
        if let surroundings = look(at: &report) {
            do {
                let session = try await surroundings.session("configure check", Session.Options())
                let check = ClusterCheck(site: surroundings.site, share: surroundings.share)
                report = try await Deadline.within(timeout, verb: "configure check") { [report] in
                    var report = report
                    try await check(session, into: &report)
                    return report
                }
            } catch {
                let failure = OperationError(error)
                report.add(
                    [.init("cluster", .lacking, failure.message, advice: failure.hint)],
                    lacking: failure.kind == .forbidden || failure.kind == .usage ? failure.exitCode : 5)
            }
        }
        if options.output == .json {
            try console.result(json: report)
        } else {
            console.result(lines(of: report, console).joined(separator: "\n"))
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    /// Nil when the files alone are so wrong that no cluster need be asked.
    private func look(at report: inout CheckReport) -> Surroundings? {
        do {
            let surroundings = try Surroundings(options, allowsUndefined: allowsUndefined)
            let catalog = try ImageCatalog(share: surroundings.share, settings: surroundings.site.imageSettings)
            let built = Set(catalog.images.filter { $0.refusal == nil }.map(\.name))
            report.add(SiteCheck(surroundings.site, built: built).lines(), lacking: 2)
            return surroundings
        } catch {
            let failure = OperationError(error)
            report.add(
                failure.message.split(separator: "\n").map {
                    .init("configuration", .lacking, String($0), advice: failure.hint)
                }, lacking: 2)
            return nil
        }
    }

    private func lines(of report: CheckReport, _ console: Console) -> [String] {
        var lines = report.lines.flatMap { line -> [String] in
            let (word, style): (String, Console.Style) =
                switch line.state {
                case .ok: ("ok     ", .good)
                case .warning: ("warning", .warning)
                case .lacking: ("LACKS  ", .bad)
                case .unknown: ("unknown", .dim)
                }
            let first = "\(console.styled(word, style))  \(line.subject): \(line.detail.printable)"
            return [first] + (line.advice.map { ["         → \($0.printable)"] } ?? [])
        }
        let count = report.lines.count { $0.state == .lacking }
        lines.append(count == 0 ? "nothing lacks" : "\(count) \(count == 1 ? "thing lacks" : "things lack")")
        return lines
    }
}
