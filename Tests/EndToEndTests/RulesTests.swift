import Foundation
import Testing

/// Rules, jobs and dashboards of one installation with all that they need, in sdscli's words.
@Suite(.onCluster, .namespace("rules", .rules), .serialized)
struct RulesTests {
    let person: Operator

    init() throws {
        person = try #require(Operator.current)
        let isFirst = Test.current?.name.hasPrefix("firstRun") ?? false
        try #require(isFirst || person.marker.isSet, "the first start failed: nothing to test on")
    }

    @Test("01 rules come in once, whatever their ids, and go out as sdscli writes them")
    func firstRun() async throws {
        let start = try await person.script("sds update all -f; sds start all -f")
        try #require(start.exitCode == 0, "\(start)")
        person.marker.set()
        try person.write(rules(3), to: "rules.json")
        let file = person.home.appending(path: "rules.json").path
        let first = try await person.sds("-d", "rules", "import", file)
        #expect(first.exitCode == 0 && first.output.contains("mozart: added: 3,"), "\(first)")
        let second = try await person.sds("rules", "import", file)
        #expect(
            second.exitCode == 0 && second.output.contains("mozart: added: 0, replaced: 0, removed: 0, unchanged: 3"))
        let out = person.home.appending(path: "out/user_rules.json")
        let export = try await person.sds("rules", "export", "-o", out.path)
        #expect(export.exitCode == 0, "\(export)")
        let text = try String(contentsOf: out, encoding: .utf8)
        #expect(text.hasPrefix("{\n  \"grq\": [],\n  \"mozart\": [\n    {\n      \"creation_time\": \"20"))
        // sdscli's own import: the same rules under ids that Elasticsearch makes up.
        try await post(text, times: 1)
        let third = try await person.sds("rules", "import", file, "--replace")
        #expect(
            third.exitCode == 0 && third.output.contains("added: 0, replaced: 0, removed: 3, unchanged: 3"), "\(third)")
        try person.write(rules(3).replacing("\"priority\": 1", with: "\"priority\": 7"), to: "rules.json")
        #expect(try await person.sds("rules", "import", file).exitCode == 3)
        let replaced = try await person.sds("rules", "import", file, "--replace")
        #expect(
            replaced.exitCode == 0 && replaced.output.contains("replaced: 1, removed: 0, unchanged: 2"), "\(replaced)")
    }

    @Test("02 a bad rule is named, and nothing is written")
    func bad() async throws {
        try person.write(rules(2).replacing("\"kwargs\": \"{}\"", with: "\"kwargs\": \"{\""), to: "bad.json")
        let result = try await person.sds("rules", "import", person.home.appending(path: "bad.json").path)
        #expect(result.exitCode == 2 && result.errors.contains("mozart[0].kwargs: expected a JSON object"), "\(result)")
        #expect(try await count() == 3)
    }

    @Test("03 killed at any moment: the next import completes it without copies")
    func killed() async throws {
        try person.write(rules(1200, "many"), to: "many.json")
        let file = person.home.appending(path: "many.json").path
        for round in 0..<(Soak.isOn ? 200 : 8) {
            try await removeMany()
            let started = try person.start("rules", "import", file)
            // In the middle of writing, or at any moment.
            if round % 2 == 0 { _ = try await started.says("rules written", within: 60) }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...(300 + 100 * (round % 20)))))
            started.kill()
            _ = await started.result(within: 30)
            let part = try await count()
            let again = try await person.sds("rules", "import", file)
            #expect(again.exitCode == 0, "\(again)")
            #expect(try await count() == 1203, "after \(part)")
        }
        try await removeMany()
    }

    @Test("04 job list counts, info shows, retry runs it again, revoke ends it")
    func jobs() async throws {
        try await registerLightweightJobs()
        let short = try await person.submitJob("echo once")
        let long = try await person.submitJob("sleep 900")
        try await person.wait(forJob: long, within: 60) { $0.status == "job-started" }
        try await person.kubectl.wait("both are indexed") {
            let list = try await person.sds("job", "list", "--output", "json")
            return list.output.contains("job-completed") && list.output.contains("job-started")
        }
        let info = try await person.sds("job", "info", short)
        #expect(info.exitCode == 0 && info.output.contains("\nstatus: job-completed"), "\(info)")
        #expect(try await person.sds("job", "info", "nobody").exitCode == 1)

        let retried = try await person.sds("job", "retry", short, "--timeout", "2m")
        #expect(retried.exitCode == 0 && retried.output.contains("retried"), "\(retried)")
        try await person.wait(forJob: short, within: 10) { $0.status == "job-queued" }
        // One process a worker: it waits behind the long one, which goes now.
        let revoked = try await person.sds("job", "revoke", long, "--timeout", "2m")
        #expect(revoked.exitCode == 0 && revoked.output.contains(": revoked"), "\(revoked)")
        let again = try await person.wait(forJob: short, within: 60) { $0.isOver }
        #expect(again.status == "job-completed" && again.runs == 2)
        let processes = try await person.sds(
            "run", SiteSettings.worker, "--", "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
        #expect(!processes.output.contains("sleep 900"))
        let over = try await person.sds("job", "revoke", short)
        #expect(over.exitCode == 1 && over.output.contains("NOT revoked: it ended before"), "\(over)")
        let failed = try await person.sds("job", "list", "revoked")
        #expect(
            failed.output.contains(SiteSettings.queue) && failed.output.contains("1 job: job-revoked 1"), "\(failed)")
    }

    @Test("05 dashboards come in, again without effect, go out, and go")
    func dashboards() async throws {
        let folder = person.home.appending(path: ".sds/files/kibana_dashboard_import")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lacking = try await person.sds("kibana", "import", "-f")
        #expect(lacking.exitCode == 2 && lacking.errors.contains("job-dashboards.json does not exist"), "\(lacking)")
        for name in ["job", "worker", "sdswatch"] {
            try person.write(
                #"{"version": "7.10.2", "objects": [{"id": "\#(name)", "type": "dashboard", "version": "W", "attributes": {"title": "\#(name)"}, "references": []}]}"#,
                to: ".sds/files/kibana_dashboard_import/\(name)-dashboards.json")
        }
        let first = try await person.sds("-d", "kibana", "import", "-f")
        #expect(
            first.exitCode == 0 && first.output.contains("imported: 5 saved objects, unchanged: 0, default"), "\(first)"
        )
        let second = try await person.sds("kibana", "import", "-f")
        #expect(second.exitCode == 0 && second.output.contains("imported: 0 saved objects, unchanged: 5"), "\(second)")
        let file = person.home.appending(path: "saved.ndjson").path
        #expect(try await person.sds("kibana", "export", "-o", file).exitCode == 0)
        let gone = try await person.sds("kibana", "delete", file, "-f")
        #expect(gone.exitCode == 0 && gone.output.contains("deleted: 5"), "\(gone)")
        let back = try await person.sds("kibana", "import", file, "-f")
        #expect(back.exitCode == 0 && back.output.contains("imported: 5 saved objects, unchanged: 0"), "\(back)")
        #expect(try await person.script("sds stop metrics -f").exitCode == 0)
        let stopped = try await person.sds("kibana", "import", "-f")
        #expect(stopped.exitCode == 8 && stopped.errors.contains("kibana is stopped"), "\(stopped)")
    }

    // MARK: - What the tests need

    private func rules(_ count: Int, _ name: String = "rule") -> String {
        let rules = (0..<count).map { number in
            #"{"rule_name": "\#(name)-\#(number)", "workflow": "w", "job_type": "hysds-io-w:v1", "queue": "q", "#
                + #""priority": \#(number), "kwargs": "{}", "query_string": "{\"term\": {\"status\": \"x\"}}", "enabled": false}"#
        }
        return #"{"mozart": [\#(rules.joined(separator: ", "))], "grq": []}"#
    }

    private func python(_ program: String, input: String? = nil) async throws -> String {
        let result = try await person.sds("run", "mozart-rest", "--", "python3", "-c", program, input: input)
        guard result.exitCode == 0 else { throw Command.Failure(description: "\(result)") }
        return result.output
    }

    private static let elasticsearch = """
        import json, sys, urllib.request as r
        def ask(path, body, method="POST"):
            q = r.Request("http://mozart-es:9200" + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
            return json.load(r.urlopen(q, timeout=60))

        """

    private func post(_ rules: String, times: Int) async throws {
        let program =
            "for rule in json.load(sys.stdin)['mozart']: ask('/user_rules-mozart/_doc', dict(rule, modified_time='2020-01-01T00:00:00Z'))"
        for _ in 0..<times { _ = try await python(RulesTests.elasticsearch + program, input: rules) }
    }

    private func count() async throws -> Int {
        let text = try await python(RulesTests.elasticsearch + "print(ask('/user_rules-mozart/_count', {})['count'])")
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    private func removeMany() async throws {
        let query = "ask('/user_rules-mozart/_delete_by_query', {'query': {'prefix': {'rule_name': 'many-'}}})"
        _ = try await python(RulesTests.elasticsearch + query)
    }

    /// As the package of lightweight jobs does when it is imported.
    private func registerLightweightJobs() async throws {
        let folder = person.ops.appending(path: "lightweight-jobs/docker")
        for act in ["retry", "revoke"] {
            let wiring = try String(
                contentsOf: folder.appending(path: "hysds-io.json.lw-mozart-\(act)"), encoding: .utf8)
            let spec = try String(contentsOf: folder.appending(path: "job-spec.json.lw-mozart-\(act)"), encoding: .utf8)
            let program = """
                wiring, spec = json.load(sys.stdin)
                name = "lw-mozart-\(act):v1.0.0"
                spec.update(id="job-" + name, container="container-lw")
                wiring.update({"id": "hysds-io-" + name, "job-specification": "job-" + name, "job-version": "v1.0.0"})
                ask("/job_specs/_doc/" + spec["id"], spec, "PUT")
                ask("/hysds_ios-mozart/_doc/" + wiring["id"], wiring, "PUT")
                """
            _ = try await python(RulesTests.elasticsearch + program, input: "[\(wiring), \(spec)]")
        }
    }
}
