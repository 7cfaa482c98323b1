import Testing

/// First runs of a new cluster in any order, each on an empty namespace.
@Suite(.onCluster, .serialized)
struct FirstRunTests {
    /// Every program runs; a store that nothing switched on needs may stand still.
    private func expectRunning(_ result: CommandResult) {
        for program in ["mozart_job_management", "orchestrator_jobs", SiteSettings.queue, "rabbitmq-server"] {
            let line = result.output.split(separator: "\n").first { $0.hasPrefix(program + " ") }
            #expect(line?.contains(" RUNNING ") == true, "\(program): \(result)")
        }
    }

    @Test("start alone brings an empty namespace up")
    func start() async throws {
        try await Operator.with("start", .small) { person in
            let start = try await person.script("sds start all -f; sds status all")
            #expect(start.exitCode == 0, "\(start)")
            expectRunning(start)
            #expect(try await person.runJob().status == "job-completed")
        }
    }

    @Test("reset alone brings an empty namespace up")
    func reset() async throws {
        try await Operator.with("reset", .small) { person in
            let reset = try await person.script("sds reset all -f; sds status all")
            #expect(reset.exitCode == 0, "\(reset)")
            expectRunning(reset)
            let again = try await person.sds("start", "all", "-f")
            #expect(again.output.contains("nothing to do"), "\(again)")
        }
    }
}
