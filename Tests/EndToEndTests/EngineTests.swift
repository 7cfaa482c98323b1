import Foundation
import Testing

/// A queue whose jobs run in containers of an engine beside the worker, in the second namespace, and which KEDA may
/// scale: the cluster has KEDA's kinds, and kubectl does what KEDA would do.
@Suite(.onCluster, .namespace("engines", .engines), .serialized)
struct EngineTests {
    let person: Operator

    init() throws {
        person = try #require(Operator.current)
        let isFirst = Test.current?.name.hasPrefix("start") ?? false
        try #require(isFirst || person.marker.isSet, "the first start failed: nothing to test on")
    }

    private var second: Kubectl {
        Kubectl(kubeconfig: person.laboratory.kubeconfig, namespace: person.namespace + "-jobs")
    }

    /// A job that makes an image of a shell, as no registry is there, and runs the script in it as HySDS runs a job:
    /// with the work folder at its own path and as the worker's user.
    private static func contained(_ script: String) -> String {
        """
        set -e; cd "$(mktemp -d /data/work/jobs.XXXXXX)"
        tar c -h /bin/sh /lib64/ld-linux-x86-64.so.2 /lib/x86_64-linux-gnu/libc.so.6 | docker import - shell >id 2>log
        docker run --init --rm -u 1000:1000 -v "$XDG_RUNTIME_DIR/docker.sock:/var/run/docker.sock" -v "$PWD:$PWD" \
          -w "$PWD" shell /bin/sh -c '\(script); echo made by $0 >made'
        grep -q 'made by /bin/sh' made && [ "$(stat -c %u made)" = 1000 ]
        """
    }

    /// About 15 seconds of a shell without a `sleep`.
    private static let long = "n=0; while [ $n -lt 8000000 ]; do n=$((n+1)); done"

    private func pause() async throws -> String {
        try await second(
            "get", "scaledobject", SiteSettings.worker, "-o",
            #"jsonpath={.metadata.annotations.autoscaling\.keda\.sh/paused-replicas}"#)
    }

    private func replicas() async throws -> String {
        try await second("get", "replicaset", SiteSettings.worker, "-o", "jsonpath={.spec.replicas}")
    }

    /// What KEDA and an autoscaler do: another account writes to /scale.
    private func scale(to count: Int) async throws {
        try await second("scale", "replicaset", SiteSettings.worker, "--replicas=\(count)")
    }

    @Test("start: the worker comes up in the second namespace, and a job runs in a container of its engine")
    func start() async throws {
        try await person.kubectl(
            "apply", "-f",
            Laboratory.sample.deletingLastPathComponent().appending(path: "devcluster/keda-crds.yaml").path)
        try await person.kubectl("wait", "--for=condition=Established", "crd/scaledobjects.keda.sh")
        let start = try await person.sds("start", "all", "-f")
        try #require(start.exitCode == 0, "\(start)")
        person.marker.set()
        #expect(try await second.pods(SiteSettings.worker).count == 1)
        #expect(try await person.kubectl.pods(SiteSettings.worker).isEmpty)
        #expect(try await pause().isEmpty)
        #expect(try await person.runJob(Self.contained("true")).status == "job-completed")
    }

    @Test("the engine outlives the worker's drain: a job in a container ends once, although its pod is deleted")
    func drain() async throws {
        let pod = try #require(try await second.pods(SiteSettings.worker).first)
        let job = try await person.submitJob(Self.contained(Self.long))
        try await person.wait(forJob: job, within: 60) { $0.status == "job-started" }
        try await Task.sleep(for: .seconds(2))
        try await second("delete", "pod", pod, "--wait=false")
        let record = try await person.wait(forJob: job, within: 120) { $0.isOver }
        #expect(record.status == "job-completed" && record.runs == 1, "\(record)")
    }

    @Test("all verbs find what is in the second namespace, and kubectl takes what render prints")
    func verbs() async throws {
        for words in [["logs", SiteSettings.worker], ["run", "verdi", "--", "docker", "version"]] {
            let result = try await person.script("sds " + words.joined(separator: " "))
            #expect(result.exitCode == 0 && !result.output.isEmpty, "\(result)")
        }
        try person.write("x", to: "file")
        let copy = try await person.script("sds copy ~/file verdi:/data/work/; sds copy verdi:/data/work/file ~/back")
        #expect(copy.exitCode == 0, "\(copy)")
        try person.edit("hysds/hysds/__init__.py", "sample-1", "sample-2")
        let former = try await second.pods(SiteSettings.worker)
        let ship = try await person.sds("ship", "--wait")
        #expect(ship.exitCode == 0, "\(ship)")
        #expect(try await second.pods(SiteSettings.worker) == former)
        #expect(try await person.runJob().codeVersion == "sample-2")
        let back = try await person.sds("rollback", SiteSettings.worker, "-f")
        #expect(back.exitCode == 0, "\(back)")
        #expect(try await person.runJob().codeVersion == "sample-1")
        let diff = try await person.sds("diff", "verdi")
        #expect(diff.exitCode == 1 && diff.output.contains("changed hysds/__init__.py"), "\(diff)")
        let check = try await person.sds("configure", "check")
        #expect(check.output.contains("\(person.namespace)-jobs"), "\(check)")
        let rendered = try await person.sds("render", "verdi")
        var environment = ProcessInfo.processInfo.environment
        environment["KUBECONFIG"] = person.laboratory.kubeconfig
        let applied = try await Command.run(
            ["kubectl", "apply", "--dry-run=server", "-f", "-"], environment: environment, input: rendered.output)
        #expect(applied.exitCode == 0, "\(applied)")
    }

    @Test("update, ship and start leave the count to whoever scales, also 0; a job waits in its queue meanwhile")
    func scaled() async throws {
        try await scale(to: 3)
        let update = try await person.sds("update", "verdi", "-f")
        #expect(update.exitCode == 0, "\(update)")
        #expect(try await replicas() == "3")
        try await second.wait("three pods", within: 90) {
            try await person.sds("status", "verdi").output.contains("3 of 3 pods ready")
        }
        try person.edit("hysds/hysds/__init__.py", "sample-2", "sample-3")
        let ship = try await person.sds("ship", "--wait")
        #expect(ship.exitCode == 0 && ship.output.contains("pods have it"), "\(ship)")
        let history = try await person.sds("history", SiteSettings.worker)
        #expect(history.output.contains("wanted, 3 pods"), "\(history)")

        try await scale(to: 0)
        try await second.wait("no pods", within: 90) { try await second.pods(SiteSettings.worker).isEmpty }
        let start = try await person.sds("start", "all", "-f")
        #expect(start.exitCode == 0 && start.output.contains("nothing to do"), "\(start)")
        let status = try await person.sds("status", "all")
        #expect(status.exitCode == 0 && status.output.contains(SiteSettings.queue), "\(status)")
        #expect(try await replicas() == "0")
        let job = try await person.submitJob("true")
        try await Task.sleep(for: .seconds(2))
        let waiting = try await person.sds("status", "all")
        #expect(waiting.output.contains(try Regex("\(SiteSettings.queue) +1 +0")), "\(waiting)")
        try await scale(to: 1)
        try await person.wait(forJob: job, within: 90) { $0.status == "job-completed" && $0.codeVersion == "sample-3" }
    }

    @Test("stop pauses the scaler, an update doesn't wake it, start lets it go on")
    func paused() async throws {
        let stop = try await person.sds("stop", "verdi", "-f")
        #expect(stop.exitCode == 0, "\(stop)")
        #expect(try await pause() == "0")
        #expect(try await second.pods(SiteSettings.worker).isEmpty)
        try person.edit("hysds/hysds/__init__.py", "sample-3", "sample-4")
        let update = try await person.script("sds update verdi -f")
        #expect(update.exitCode == 0, "\(update)")
        #expect(try await pause() == "0")
        let start = try await person.sds("start", "verdi", "-f")
        #expect(start.exitCode == 0, "\(start)")
        #expect(try await pause().isEmpty)
        #expect(try await replicas() == "1")
    }

    @Test("without engine and KEDA the worker moves, and nothing is left in the second namespace")
    func moved() async throws {
        try person.configure(SiteSettings(off: SiteSettings.small.off))
        let update = try await person.sds("update", "all", "-f")
        #expect(update.exitCode == 0, "\(update)")
        #expect(try await person.kubectl.pods(SiteSettings.worker).count == 1)
        let kinds = "replicasets,scaledobjects,triggerauthentications"
        #expect(try await second("get", kinds, "-o", "name").isEmpty)
        #expect(try await person.kubectl("get", "scaledobjects,triggerauthentications", "-o", "name").isEmpty)
        #expect(try await person.runJob().status == "job-completed")
        let again = try await person.sds("update", "all", "-f")
        #expect(again.output.contains("nothing to do"), "\(again)")
        try await person.kubectl("delete", "crd", "scaledobjects.keda.sh", "triggerauthentications.keda.sh")
    }
}
