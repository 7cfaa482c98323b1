import Foundation
import Testing

/// What operators and their scripts do every day with a system that runs.
extension SystemTests {
    @Test("10 run passes input, output and exit code through; logs shows what pods say")
    func runAndLogs() async throws {
        let cat = try await person.sds("run", "grq2", "--", "sh", "-c", "cat; echo side >&2; exit 42", input: "a\nb\n")
        #expect(cat.exitCode == 42 && cat.output == "a\nb\n" && cat.errors.contains("side"), "\(cat)")
        let list = try await person.sds("run", "grq", "--", "ls", "/sds/current/ops")
        #expect(list.exitCode == 0 && list.output.contains("grq2"), "\(list)")
        let logs = try await person.sds("logs", SiteSettings.worker, "--tail", "50")
        #expect(logs.exitCode == 0 && logs.output.contains(SiteSettings.worker), "\(logs)")
        let unknown = try await person.sds("logs", "nothing")
        #expect(unknown.exitCode == 2, "\(unknown)")
        let json = try await person.sds("status", "all", "--output", "json")
        let report = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(report?["apiVersion"] as? String == "sds/v1" && report?["kind"] as? String == "Status")
    }

    @Test("11 two updates at once: one waits, both end well")
    func together() async throws {
        try person.edit("pele/pele/__init__.py", "\n", "\n\n")
        let verbs = try [person.start("update", "grq", "-f"), person.start("update", "grq", "-f")]
        for verb in verbs {
            let result = await verb.result(within: 240)
            #expect(result.exitCode == 0, "\(result)")
        }
        try await expectHealthy()
    }

    @Test("12 Ctrl-C in mid start: exit code 130, and running it again goes on")
    func interrupted() async throws {
        let stop = try await person.sds("stop", "grq", "-f")
        #expect(stop.exitCode == 0, "\(stop)")
        #expect(try await person.kubectl.pods("grq2").isEmpty)
        #expect(try await person.kubectl.pods("pele").isEmpty)
        let start = try person.start("start", "grq", "-f")
        let scaled = try await start.says("ok scale", within: 60)
        try #require(scaled != nil, "\(start.errors)")
        start.interrupt()
        let result = await start.result(within: 30)
        #expect(result.exitCode == 130, "\(result)")
        #expect(result.errors.contains("again"), "\(result)")
        let again = try await person.sds("start", "grq", "-f")
        #expect(again.exitCode == 0, "\(again)")
        try await expectHealthy()
    }

    @Test("13 stop, reset, start", arguments: [false, true])
    func trio(isBusy: Bool) async throws {
        var long = ""
        if isBusy {
            long = try await person.submitJob("sleep 300")
            try await person.wait(forJob: long, within: 60) { $0.status == "job-started" }
        }
        let stop = try await person.sds("stop", "all", "-f")
        #expect(stop.exitCode == 0, "\(stop)")
        let left = try await person.kubectl(
            "get", "pods", "-l", "sds.hysds.org/role in (worker,service,singleton,proxy)")
        #expect(left.isEmpty, "\(left)")
        if isBusy {
            #expect(stop.errors.contains("1 running jobs have 10 s to end"), "\(stop)")
            #expect(try await waiting() == 1, "the job did not go back to its queue")
        }
        let reset = try await person.script("sds reset all -f; sds start all -f")
        #expect(reset.exitCode == 0, "\(reset)")
        #expect(try await waiting() == 0)
        try await expectHealthy()
        #expect(try await person.runJob().status == "job-completed")
        if isBusy { #expect(try await person.job(long)?.status != "job-completed") }
    }

    /// Jobs that wait in the queue, as RabbitMQ says.
    private func waiting() async throws -> Int? {
        let status = try await person.sds("status", "all", "--output", "json")
        let report = try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
        let queues = report?["queues"] as? [[String: Any]]
        return queues?.first { $0["name"] as? String == SiteSettings.queue }?["messages_ready"] as? Int
    }

    @Test("14 the link of a job opens through the front while its pod lives and after it is gone")
    func jobFiles() async throws {
        let job = try await person.runJob("echo a-line-that-stays")
        try #require(job.url.hasPrefix("http://hysds-front/work/jobs/"), "\(job)")
        let pods = try await person.kubectl.pods(SiteSettings.worker)
        try await person.kubectl.wait("the job's files") {
            try await person.page(job.url + "/_stdout.txt").output.contains("a-line-that-stays")
        }
        try await person.kubectl("delete", "pod", "--force", "--grace-period=0", pods.joined(separator: " "))
        let listing = try await person.page(job.url + "/")
        #expect(listing.output.contains(">_stdout.txt</a>") && listing.output.contains(">_job.json</a>"), "\(listing)")
        #expect(try await person.page(job.url + "/_stdout.txt").output == "a-line-that-stays\n")
        let start = try await person.sds("start", "all", "-f")
        #expect(start.exitCode == 0, "\(start)")
    }

    @Test("15 the catalog and the rules of an old Elasticsearch come over, killed in between, and go back")
    func migration() async throws {
        try await FormerStore.bringUp(for: person)
        try person.append("FORMER_MOZART_ES_URL: \(FormerStore.url)\nFORMER_GRQ_ES_URL: \(FormerStore.url)\n")
        let first = try person.start("migrate", "-f")
        try #require(try await first.says("ok run job/migration", within: 60) != nil, "\(first.errors)")
        first.interrupt()
        #expect(await first.result(within: 30).exitCode == 130)
        let again = try await person.sds("migrate", "-f")
        #expect(again.exitCode == 0, "\(again)")
        let count = FormerStore.documents
        #expect(again.errors.contains("grq_v1_old: \(count) at the source, \(count) at the target"), "\(again)")
        #expect(again.errors.contains("user_rules-grq: 1 at the source, 1 at the target"), "\(again)")
        let third = try await person.sds("migrate", "-f")
        #expect(third.exitCode == 0 && third.errors.contains("\(count) were there, 0 copied, 0 differ"), "\(third)")
        let back = try await person.sds("migrate", "--back", "-f")
        #expect(back.exitCode == 0 && back.errors.contains("catalogue: 1 indices"), "\(back)")
        try await FormerStore.takeDown(for: person)
    }

    @Test("16 nothing is left where it doesn't belong")
    func clean() async throws {
        let files = FileManager.default
        #expect(try files.contentsOfDirectory(atPath: person.home.appending(path: "tmp").path).isEmpty)
        #expect(
            Set(try files.contentsOfDirectory(atPath: person.home.appending(path: ".sds").path)) == ["config", "cache"])
        let jobs = Kubectl(kubeconfig: person.laboratory.kubeconfig, namespace: person.namespace + "-jobs")
        let others = try await jobs("get", "pods,deployments,replicasets,services,jobs", "-o", "name")
        #expect(others.isEmpty, "\(others)")
    }
}
