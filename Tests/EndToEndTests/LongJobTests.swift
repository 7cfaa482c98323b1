import Testing

/// A job of six minutes, the most that RabbitMQ forgives a worker that says nothing: it runs once, whatever happens to
/// its pod and to the code meanwhile.
@Suite(.onCluster, .namespace("jobs", .small))
struct LongJobTests {
    @Test("a job runs once and to its end on its own code while its pod is deleted and the code is updated")
    func runsOnce() async throws {
        let person = try #require(Operator.current)
        let start = try await person.sds("start", "all", "-f")
        try #require(start.exitCode == 0, "\(start)")

        let id = try await person.submitJob("sleep 360; echo done")
        try await person.wait(forJob: id, within: 60) { $0.status == "job-started" }
        Journal.say(person.namespace, "the long job runs")
        let former = try await person.kubectl.pods(SiteSettings.worker)
        try #require(former.count == 1)
        try await person.kubectl("delete", "pod", former[0], "--wait=false")
        try await person.kubectl.wait("a successor of the deleted pod", within: 60) {
            let pods = try await person.kubectl.pods(SiteSettings.worker)
            return !pods.isEmpty && !pods.contains(former[0])
        }

        try person.edit("hysds/hysds/__init__.py", "sample-1", "sample-2")
        let update = try await person.sds("update", "verdi", "-f")
        #expect(update.exitCode == 0, "\(update)")
        let next = try await person.runJob()
        #expect(next.codeVersion == "sample-2")
        let meanwhile = try #require(try await person.job(id))
        #expect(meanwhile.status == "job-started" && meanwhile.runs == 1, "\(meanwhile)")
        let status = try await person.sds("status", "verdi")
        #expect(status.exitCode == 0 && status.output.contains(" finishing"), "\(status)")

        let end = try await person.wait(forJob: id, within: 480, every: .seconds(5)) { $0.isOver }
        #expect(end.status == "job-completed")
        #expect(end.runs == 1, "the job was started more than once")
        #expect(end.codeVersion == "sample-1", "the job changed its code")
        try await person.kubectl.wait("the deleted pod goes when its job is over", within: 60) {
            try await person.kubectl.run(["get", "pod", former[0]]).exitCode != 0
        }
    }
}
