import Foundation
import Testing

/// One installation of all of HySDS, used by its operator day by day: first start, updates, trouble, the trio.
///
/// The tests follow each other; each leaves a system that runs.
@Suite(.onCluster, .namespace("system", .full), .serialized)
struct SystemTests {
    let person: Operator

    init() throws {
        person = try #require(Operator.current)
        let isFirst = Test.current?.name.hasPrefix("firstRun") ?? false
        try #require(isFirst || person.marker.isSet, "the first start failed: nothing to test on")
    }

    /// Exit 0 means that it is so: status must agree.
    func expectHealthy() async throws {
        let status = try await person.sds("status", "all")
        #expect(status.exitCode == 0, "\(status)")
    }

    @Test("01 update all, start all on an empty namespace")
    func firstRun() async throws {
        let start = try await person.script("sds update all -f; sds start all -f")
        try #require(start.exitCode == 0, "\(start)")
        person.marker.set()
        let result = try await person.sds("status", "all")
        #expect(result.exitCode == 0, "\(result)")
        let running = result.output.split(separator: "\n").filter { $0.contains(" RUNNING ") }
        #expect(running.count >= 18, "\(result)")
        let (pods, differences) = try await person.compareCode()
        #expect(pods >= 14 && differences.isEmpty, "\(pods) pods; \(differences)")
    }

    @Test("02 a job submitted over REST completes", arguments: [SiteSettings.queue, "factotum-job_worker-small"])
    func job(queue: String) async throws {
        let job = try await person.runJob(queue: queue)
        #expect(job.status == "job-completed" && job.runs == 1 && job.codeVersion == "sample-1")
    }

    @Test("03 start on a running system writes nothing, with one request per kind and two more at most")
    func nothingToDo() async throws {
        for verb in ["start", "update"] {
            let result = try await person.sds(verb, "all", "-f", "-d")
            #expect(result.exitCode == 0 && result.output.contains("nothing to do"), "\(result)")
            let requests = result.errors.split(separator: "\n").filter { $0.contains("request=") }
            let writes = requests.filter { line in
                ["POST", "PUT", "PATCH", "DELETE"].contains { line.contains("request=\($0)") }
            }
            #expect(writes.isEmpty, "\(writes)")
            #expect(verb != "start" || (1...7).contains(requests.count), "\(requests)")
        }
    }

    @Test("04 one changed line: only its tree is sent, every file in every pod equals the checkout")
    func updateFactotum() async throws {
        let before = try await person.treeObjects()
        try person.edit("hysds/hysds/__init__.py", "sample-1", "sample-2")
        let result = try await person.sds("update", "factotum", "-f")
        #expect(result.exitCode == 0, "\(result)")
        let added = try await person.treeObjects().filter { before[$0.key] == nil }
        #expect(Set(added.values) == ["hysds"], "\(added)")
        let (pods, differences) = try await person.compareCode(["factotum-job-worker-small", "user-rules-job"])
        #expect(pods == 2 && differences.isEmpty, "\(differences)")
        #expect(try await person.runJob(queue: "factotum-job_worker-small").codeVersion == "sample-2")
        #expect(try await person.runJob().codeVersion == "sample-1", "verdi was not to be updated")
    }

    @Test("05 REST answers without a gap while its update rolls")
    func updateUnderLoad() async throws {
        let poll = """
            import json, os, time, urllib.request
            good, bad, end = 0, [], time.time() + 240
            while time.time() < end and not os.path.exists("/tmp/e2e-stop"):
                try:
                    urllib.request.urlopen("http://grq:8878/services", timeout=5).read()
                    good += 1
                except Exception as error:
                    bad.append(repr(error))
                time.sleep(0.05)
            print(json.dumps({"good": good, "bad": bad}))
            """
        let polling = try person.start("run", "mozart-rest", "--", "python3", "-", input: poll)
        try await Task.sleep(for: .seconds(2))
        try person.edit("grq2/grq2/views.py", "grq2 (sample)", "grq2 (changed)")
        let result = try await person.sds("update", "grq", "-f")
        #expect(result.exitCode == 0, "\(result)")
        try await Task.sleep(for: .seconds(2))
        try await person.kubectl("exec", "deployment/mozart-rest", "--", "touch", "/tmp/e2e-stop")
        let polled = await polling.result(within: 260)
        try await person.kubectl("exec", "deployment/mozart-rest", "--", "rm", "/tmp/e2e-stop")
        Journal.say(person.namespace, "polled: \(polled.output.prefix(300))")
        let answer = try JSONSerialization.jsonObject(with: Data(polled.output.utf8)) as? [String: Any]
        #expect((answer?["good"] as? Int ?? 0) > 20, "\(polled)")
        #expect((answer?["bad"] as? [String])?.isEmpty == true, "\(polled)")
        let (pods, differences) = try await person.compareCode(["grq2"])
        #expect(pods == 2 && differences.isEmpty, "\(differences)")
    }
}
