import Foundation
import Testing

/// A code tree that is too large for a release: in the image, changed over it, built anew, and back.
@Suite(.onCluster, .canBuild, .namespace("bake", .baked), .serialized)
struct BakeTests {
    let person: Operator
    private let workshop: [String]

    init() throws {
        person = try #require(Operator.current)
        workshop = try #require(Workshop.current)
        let isFirst = Test.current?.name.hasPrefix("tooLarge") ?? false
        try #require(isFirst || person.marker.isSet, "there is no image to test on")
    }

    private var tree: URL { person.home.appending(path: "verdi/ops/big-pge") }

    /// Runs `sds` with the installation that the images are made from.
    private func sds(_ words: String..., within limit: Double = 300) async throws -> CommandResult {
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        return try await person.script(
            "export SDS_SHARE='\(workshop[0])' BUILDAH_ISOLATION=chroot; sds \(quoted)", within: limit)
    }

    private func write(_ name: String, megabytes: Int) throws {
        var generator = SystemRandomNumberGenerator()
        let data = Data((0..<megabytes << 17).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } })
        try FileManager.default.createDirectory(at: tree, withIntermediateDirectories: true)
        try data.write(to: tree.appending(path: name))
    }

    /// The tree's files with their digests, here or in every pod of the queue's worker.
    private static let digests = "find . -type f -exec sha256sum {} + | sort"

    private func here() async throws -> String {
        try await person.script("cd '\(tree.path)'; \(Self.digests)").output
    }

    private func expectTree(_ wanted: String) async throws {
        let pods = try await person.kubectl.pods(SiteSettings.worker)
        #expect(!pods.isEmpty)
        for pod in pods {
            let found = try await person.kubectl(
                "exec", pod, "-c", SiteSettings.worker, "--", "sh", "-c",
                "cd /sds/current/ops/big-pge && \(Self.digests)")
            #expect(found == wanted, "\(pod)")
        }
    }

    @Test("01 a tree of more than 7 MB is refused with the way out, nothing is changed")
    func tooLarge() async throws {
        try write("model.bin", megabytes: 9)
        try person.write("VERSION = 1\n", to: "verdi/ops/big-pge/pge.py", mode: 0o644)
        let update = try await sds("update", "all", "-f")
        #expect(update.exitCode == 2 && update.errors.contains("--bake"), "\(update)")
        #expect(try await person.treeObjects().isEmpty)
        let build = try await person.script(
            "export SDS_SHARE='\(workshop[0])' BUILDAH_ISOLATION=chroot; sds build worker --bake "
                + workshop.dropFirst().map { "'\($0)'" }.joined(separator: " "))
        try #require(build.exitCode == 0 && build.output.contains("recorded in the cluster"), "\(build)")
        person.marker.set()
    }

    @Test("02 in the image it starts, verified, and a pod that loses its sandbox has it again")
    func fromTheImage() async throws {
        let start = try await sds("start", "all", "-f")
        try #require(start.exitCode == 0, "\(start)")
        let wanted = try await here()
        try await expectTree(wanted)
        #expect(try await person.runJob().status == "job-completed")
        let diff = try await sds("diff", "all")
        #expect(diff.exitCode == 0, "\(diff)")

        let victim = try #require(try await person.kubectl.pods(SiteSettings.worker).first)
        var environment = ProcessInfo.processInfo.environment
        environment["SDS_DEVCLUSTER_STATE"] =
            URL(fileURLWithPath: person.laboratory.kubeconfig).deletingLastPathComponent().path
        let kill = try await Command.run(
            [Laboratory.devcluster, "kill-sandbox", person.namespace, victim], environment: environment, within: 90)
        #expect(kill.exitCode == 0, "\(kill)")
        try await person.kubectl.wait("\(victim) is ready again", within: 120) {
            try await person.sds("status", "verdi").exitCode == 0
        }
        try await expectTree(wanted)
    }

    @Test("03 a change is shipped over what the image holds; what is too much for that is refused, -n too")
    func shipped() async throws {
        try person.write("VERSION = 2\n", to: "verdi/ops/big-pge/pge.py", mode: 0o644)
        let ship = try await sds("ship")
        #expect(ship.exitCode == 0 && ship.errors.contains("the rest is taken from the image"), "\(ship)")
        try await expectTree(try await here())
        let before = try await here()
        try write("more.bin", megabytes: 9)
        for words in [["ship"], ["update", "verdi", "-f", "-n"]] {
            let refused = try await person.script(
                "export SDS_SHARE='\(workshop[0])'; sds \(words.joined(separator: " "))")
            #expect(refused.exitCode == 2 && refused.errors.contains("--bake"), "\(refused)")
        }
        try await expectTree(before)
    }

    @Test("04 update builds the image anew; rollback goes to the other image and its code")
    func rebuiltAndBack() async throws {
        let wanted = try await here()
        let dryRun = try await sds("update", "verdi", "--dry-run")
        #expect(dryRun.exitCode == 0 && dryRun.errors.contains("would be built anew"), "\(dryRun)")
        let update = try await sds("update", "verdi", "-f")
        #expect(update.exitCode == 0, "\(update)")
        try await expectTree(wanted)
        #expect(try await sds("diff", "verdi").exitCode == 0)

        let rollback = try await sds("rollback", "verdi", "-f")
        #expect(rollback.exitCode == 0, "\(rollback)")
        let old = wanted.split(separator: "\n").filter { !$0.hasSuffix("more.bin") }.map { "\($0)\n" }.joined()
        try await expectTree(old)
        #expect(try await person.runJob().status == "job-completed")
        let stale = try await sds("update", "verdi", "-c", "-f")
        #expect(stale.exitCode == 2 && stale.errors.contains("without -c"), "\(stale)")
        let history = try await person.sds("history", "verdi")
        #expect(history.exitCode == 0 && history.output.contains("rollback verdi"), "\(history)")
        #expect(try await person.sds("status", "all").exitCode == 0)
    }
}

/// What images are built with here: the installation, then the options of `sds build`.
enum Workshop {
    static let current = ProcessInfo.processInfo.environment["SDS_E2E_BUILD"]?.split(separator: "\n").map(String.init)
}

extension Trait where Self == ConditionTrait {
    static var canBuild: Self { .enabled(if: Workshop.current != nil, "no way to build images: SDS_E2E_BUILD not set") }
}
