import Foundation
import Synchronization
import Testing

/// Code on its way into running workers: exact, between jobs, all or nothing, and back again.
///
/// A job of six minutes runs beside all of it on the queue's worker; the quick ones go to factotum's.
@Suite(.onCluster, .namespace("delivery", .delivery), .serialized)
struct DeliveryTests {
    static let quickQueue = "factotum-job_worker-small"
    static let quickWorker = "factotum-job-worker-small"

    /// Bytes on the wire of one changed file with the manifests around it; the tree as a whole is several times that.
    static let onePatch = 12_000

    let person: Operator

    init() throws {
        person = try #require(Operator.current)
        let isFirst = Test.current?.name.hasPrefix("firstStart") ?? false
        try #require(isFirst || person.marker.isSet, "the first start failed: nothing to test on")
    }

    private static let longJob = LongJob()

    @Test("01 start, and a long job begins")
    func firstStart() async throws {
        let start = try await person.sds("start", "all", "-f")
        try #require(start.exitCode == 0, "\(start)")
        let id = try await person.submitJob("sleep 360; echo done")
        try await person.wait(forJob: id, within: 60) { $0.status == "job-started" }
        Self.longJob.set(id)
        person.marker.set()
    }

    @Test("02 ship: every file is the checkout's, only the changed tree is uploaded, the busy worker finishes its job")
    func ship() async throws {
        let before = try await person.treeObjects()
        try person.edit("hysds/hysds/__init__.py", "sample-1", "sample-2")
        let ship = try await person.sds("ship")
        #expect(ship.exitCode == 0, "\(ship)")
        #expect(ship.output.contains("1 finish a job first"), "\(ship)")
        let added = try await person.treeObjects().filter { before[$0.key] == nil }
        #expect(Set(added.values) == ["hysds"], "\(added)")
        let sent = ship.output.matches(of: #/\((\d+) sent\)/#).compactMap { Int($0.output.1) }
        Journal.say(person.namespace, "sent to each pod: \(sent) bytes")
        #expect(sent.count == 3 && sent.allSatisfy { $0 < Self.onePatch }, "\(ship)")
        try await expectCheckout()
        #expect(try await person.runJob(queue: Self.quickQueue).codeVersion == "sample-2")
        let status = try await person.sds("status", "all")
        #expect(status.exitCode == 0 && status.output.contains("1 finish a job first"), "\(status)")
        let again = try await person.sds("ship")
        #expect(again.exitCode == 0, "\(again)")
        #expect(try await person.job(try Self.longJob.id())?.status == "job-started")
    }

    @Test("03 rollback goes back to what was, and there and then again")
    func rollback() async throws {
        let rollback = try await person.sds("rollback", Self.quickWorker, "-f")
        #expect(rollback.exitCode == 0, "\(rollback)")
        #expect(try await person.runJob(queue: Self.quickQueue).codeVersion == "sample-1")
        let (_, differences) = try await person.compareCode([Self.quickWorker])
        #expect(differences.allSatisfy { $0.contains("hysds/hysds/__init__.py") }, "\(differences)")
        let diff = try await person.sds("diff", "factotum")
        #expect(diff.exitCode == 1 && diff.output.contains("changed hysds/__init__.py"), "\(diff)")
        let history = try await person.sds("history", Self.quickWorker)
        #expect(history.exitCode == 0 && history.output.contains("rollback"), "\(history)")
        let update = try await person.sds("update", "factotum", "-f")
        #expect(update.exitCode == 0, "\(update)")
        #expect(try await person.sds("diff", "factotum").exitCode == 0)
        try await expectCheckout([Self.quickWorker])
    }

    @Test("04 update --live brings code into running pods, and a pod made later has it")
    func live() async throws {
        let former = try await person.kubectl.pods(Self.quickWorker)
        try person.edit("hysds/hysds/__init__.py", "sample-2", "sample-3")
        let update = try await person.sds("update", "factotum", "--live", "-f")
        #expect(update.exitCode == 0, "\(update)")
        #expect(try await person.kubectl.pods(Self.quickWorker) == former, "a pod was replaced")
        try await expectCheckout([Self.quickWorker])
        #expect(try await person.runJob(queue: Self.quickQueue).codeVersion == "sample-3")
        try await person.kubectl("delete", "pod", former[0], "--wait=false")
        try await person.kubectl.wait("a successor of the deleted pod is ready") {
            let pods = try await person.kubectl.pods(Self.quickWorker)
            let status = try await person.sds("status", "factotum").exitCode
            return pods.count == 1 && pods != former && status == 0
        }
        try await expectCheckout([Self.quickWorker])
    }

    @Test("05 killed at any moment: no pod holds a mixture, the next run converges, no stage is left")
    func killed() async throws {
        for round in 0..<(Soak.isOn ? 200 : 8) {
            try mark(round)
            let ship = try person.start("ship", "--lock-wait", "5s")
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...3000)))
            ship.kill()
            _ = await ship.result(within: 20)
            for (pod, marks) in try await marks() { #expect(Set(marks).count == 1, "\(pod) mixes \(marks)") }
            let release = try await person.sds("lock", "release", "-f")
            #expect(release.exitCode == 0, "\(release)")
        }
        let ship = try await person.sds("ship")
        #expect(ship.exitCode == 0, "\(ship)")
        try await expectCheckout()
        for pod in try await workers() {
            let files = try await person.kubectl("exec", pod, "--", "ls", "-A", "/sds")
            #expect(!files.contains("stage"), "\(pod): \(files)")
        }
        #expect(try await person.job(try Self.longJob.id())?.runs == 1)
    }

    @Test(
        "06 of two updates at once one goes, the other waits or names the holder", arguments: 0..<(Soak.isOn ? 200 : 10)
    )
    func races(round: Int) async throws {
        try mark(100 + round)
        let verbs = try (0..<2).map { _ in try person.start("update", "factotum", "-f", "--lock-wait", "2s") }
        var codes: [Int32] = []
        for verb in verbs {
            let result = await verb.result(within: 180)
            codes.append(result.exitCode)
            #expect([0, 3].contains(result.exitCode), "\(result)")
            if result.exitCode == 3 { #expect(result.errors.contains("e2e@"), "\(result)") }
        }
        #expect(codes.contains(0))
        try await expectCheckout([Self.quickWorker])
    }

    @Test("06 one that sleeps past its lock's time does no harm when it wakes")
    func asleep() async throws {
        try mark(150)
        let sleeper = try person.start("update", "factotum", "-f")
        try await Task.sleep(for: .milliseconds(1500))
        sleeper.suspend()
        let other = try await person.sds("update", "factotum", "-f", "--lock-wait", "60s")
        sleeper.resume()
        let result = await sleeper.result(within: 120)
        #expect(other.exitCode == 0, "\(other)")
        #expect([0, 3].contains(result.exitCode), "\(result)")
        let again = try await person.sds("update", "factotum", "-f")
        #expect(again.exitCode == 0, "\(again)")
        #expect(try await person.sds("diff", "factotum").exitCode == 0)
        try await expectCheckout([Self.quickWorker])
    }

    @Test("07 a pod that can't take it is named with its cause, the others have it, the next run does the rest")
    func misbehaving() async throws {
        let pod = try #require(try await person.kubectl.pods(Self.quickWorker).first)
        try await person.kubectl("exec", pod, "--", "chmod", "0555", "/sds/releases")
        try mark(200)
        let ship = try await person.sds("ship")
        try await person.kubectl("exec", pod, "--", "chmod", "0755", "/sds/releases")
        #expect(ship.exitCode == 7, "\(ship)")
        #expect(ship.errors.contains(pod) && ship.errors.contains("ermission"), "\(ship)")
        try await expectCheckout([SiteSettings.worker, "orchestrator-jobs"])
        let again = try await person.sds("ship")
        #expect(again.exitCode == 0, "\(again)")
        try await expectCheckout()
    }

    @Test("08 a pod that loses its sandbox comes up with the wanted release", arguments: ["ship", "rollback"])
    func neverOlder(verb: String) async throws {
        let state = URL(fileURLWithPath: person.laboratory.kubeconfig).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: state + "/mode") else {
            return Journal.say(person.namespace, "not the devcluster: no sandbox is killed")
        }
        let pod = try #require(try await person.kubectl.pods(Self.quickWorker).first)
        if verb == "ship" {
            try mark(300)
            #expect(try await person.sds("ship").exitCode == 0)
        } else {
            #expect(try await person.sds("rollback", Self.quickWorker, "-f").exitCode == 0)
        }
        let victim = try #require(try await person.kubectl.pods(Self.quickWorker).first)
        let wanted = try await marks(of: victim)
        var environment = ProcessInfo.processInfo.environment
        environment["SDS_DEVCLUSTER_STATE"] = state
        let kill = try await Command.run(
            [Laboratory.devcluster, "kill-sandbox", person.namespace, victim], environment: environment, within: 90)
        #expect(kill.exitCode == 0, "\(kill)")
        try await person.kubectl.wait("\(victim) is ready again", within: 120) {
            try await person.sds("status", "factotum").exitCode == 0
        }
        #expect(try await marks(of: victim) == wanted)
        #expect(verb == "rollback" || victim == pod, "the pod was replaced")
    }

    @Test("09 the long job ran once, to its end, on the code it began with; then its worker takes the new code")
    func longJobEnds() async throws {
        let end = try await person.wait(forJob: try Self.longJob.id(), within: 480, every: .seconds(5)) { $0.isOver }
        #expect(end.status == "job-completed" && end.runs == 1 && end.codeVersion == "sample-1", "\(end)")
        let ship = try await person.sds("ship", "--wait", "--timeout", "3m")
        #expect(ship.exitCode == 0, "\(ship)")
        #expect(try await person.runJob().codeVersion == "sample-3")
        let status = try await person.sds("status", "all")
        #expect(status.exitCode == 0 && !status.output.contains("finish"), "\(status)")
    }

    // MARK: What is looked at

    /// Every file of every tree in every worker's pod, by kubectl.
    private func expectCheckout(_ workloads: Set<String>? = nil) async throws {
        let all: Set<String> = [Self.quickWorker, SiteSettings.worker, "orchestrator-jobs"]
        let (pods, differences) = try await person.compareCode(workloads ?? all)
        #expect(pods >= (workloads ?? all).count && differences.isEmpty, "\(pods) pods; \(differences)")
    }

    private func workers() async throws -> [String] {
        var pods: [String] = []
        for workload in [Self.quickWorker, SiteSettings.worker, "orchestrator-jobs"] {
            pods += try await person.kubectl.pods(workload)
        }
        return pods
    }

    /// Writes the same number into two trees: a pod in which they differ holds a mixture.
    private func mark(_ number: Int) throws {
        for tree in ["hysds", "osaka"] { try person.write("\(number)\n", to: "mozart/ops/\(tree)/MARK", mode: 0o644) }
    }

    private func marks() async throws -> [String: [String]] {
        var marks: [String: [String]] = [:]
        for pod in try await workers() { marks[pod] = try await self.marks(of: pod) }
        return marks
    }

    private func marks(of pod: String) async throws -> [String] {
        let script = "cd -P /sds/current/ops && for t in hysds osaka; do cat $t/MARK 2>/dev/null || echo none; done"
        return try await person.kubectl("exec", pod, "--", "sh", "-c", script).split(separator: "\n").map(String.init)
    }
}

/// The job that runs beside all tests of the suite.
private final class LongJob: Sendable {
    private let state = Mutex<String?>(nil)

    func set(_ id: String) { state.withLock { $0 = id } }

    func id() throws -> String { try #require(state.withLock { $0 }, "no long job was begun") }
}
