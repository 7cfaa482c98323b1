internal import ArgumentParser
internal import HySDS
internal import Operations

struct JobCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Count jobs, show one, run jobs again, end them.",
        discussion: """
            EXAMPLES
              sds job list
              sds job list failed
              sds job info 2c8a7f0e-5a3c-4c7a-9f57-7b4f1a1f6f11
              sds job retry ID ID
              sds job revoke ID

            An ID is what mozart calls the job (payload_id), or the job_id or the task's uuid that its records show.
            """,
        subcommands: [JobListCommand.self, JobInfoCommand.self, JobRetryCommand.self, JobRevokeCommand.self])

    /// Without a word it does what sdscli does.
    func run() throws {
        Console.standardError(SDS.helpMessage(for: Self.self))
        throw ExitCode(1)
    }
}

struct JobListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "How many jobs there are, by status, queue and type, and the oldest of each.",
        discussion: "EXAMPLES\n  sds job list\n  sds job list job-queued\n  sds job list failed --output json")

    @Argument(help: "Only jobs of this status: job-queued or queued.", completion: .list(JobStatus.known))
    var status: String?
    @Option(help: "One deadline for an answer.", transform: Interval.parse)
    var timeout: Duration = .seconds(60)
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let list = JobList(status: status)
        let report = try await surroundings.work("job list", within: timeout) { try await list($0) }
        try surroundings.console.result(report, JobText.lines)
    }
}

struct JobInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show everything that is known of a job, as YAML.",
        discussion: "EXAMPLES\n  sds job info ID\n  sds job info ID --output json")

    @Argument(help: "The job: its payload_id, job_id or uuid.")
    var id: String
    @Option(help: "One deadline for an answer.", transform: Interval.parse)
    var timeout: Duration = .seconds(60)
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let info = JobInfo(id)
        let record = try await surroundings.work("job info", within: timeout) { try await info($0) }
        try surroundings.console.result(JobText.Document(record)) { _ in [JobText.yaml(record)] }
    }
}

struct JobRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Run jobs again, whatever became of them.",
        discussion: """
            EXAMPLES
              sds job retry ID
              sds job retry ID ID --dry-run

            HySDS does it by a job of its own (job-lw-mozart-retry), which mozart must know: 'sds pkg import' brings it. A
            job that still waits or runs is ended first. Done when each job is queued anew.
            """)

    @OptionGroup var control: JobControlOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws { try await control.run(.retry, options) }
}

struct JobRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End jobs that wait or run.",
        discussion: """
            EXAMPLES
              sds job revoke ID
              sds job revoke ID ID --timeout 10m

            HySDS does it by a job of its own (job-lw-mozart-revoke), which mozart must know: 'sds pkg import' brings it.
            Done when each job is job-revoked, or is marked so that no worker runs it any more. A job that ended
            before is a failure: it wasn't revoked.
            """)

    @OptionGroup var control: JobControlOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws { try await control.run(.revoke, options) }
}

/// What `job retry` and `job revoke` share.
struct JobControlOptions: ParsableArguments {
    @Argument(help: "The jobs: payload_id, job_id or uuid of each.")
    var ids: [String]
    @Flag(help: "Show what would be done and stop.")
    var dryRun = false
    @Option(help: "How long to wait until it is so.", transform: Interval.parse)
    var timeout: Duration = .seconds(300)

    func run(_ act: JobAct, _ options: GlobalOptions) async throws {
        let surroundings = try Surroundings(options)
        var settings = Session.Options()
        settings.isDryRun = dryRun
        let control = JobControl(act, ids)
        let report = try await surroundings.work(
            "job \(act.rawValue)", within: timeout, allowance: .seconds(60), settings
        ) { try await control($0) }
        try surroundings.console.result(report, JobText.lines)
        if let failure = report.failure { throw failure }
    }
}
