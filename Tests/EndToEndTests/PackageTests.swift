import Foundation
import S3StandIn
import Testing

/// Packages between two systems, by hand-made files and by our own. Where packages come from nothing runs but stores, as
/// when a new cluster is provisioned.
@Suite(.onCluster, .namespace("packages", .small), .serialized)
struct PackageTests {
    /// One for all tests of the suite.
    private static let bucket = Result { try S3StandIn() }
    private static let id = "container-hello:v1"
    private static let file = "container-hello-v1.sdspkg.tar"

    private let person: Operator
    private let server: S3StandIn

    init() throws {
        person = try #require(Operator.current)
        server = try Self.bucket.get()
        let isFirst = Test.current?.name.hasPrefix("byHand") ?? false
        try #require(isFirst || person.marker.isSet, "the first import failed: nothing to test on")
    }

    private static func settings(_ server: S3StandIn) -> SiteSettings {
        var settings = SiteSettings.small
        settings.more = [
            "CODE_BUCKET: code", "S3_ENDPOINT: http://127.0.0.1:\(server.port)", "AWS_REGION: us-west-2",
            "AWS_ACCESS_KEY: \(S3StandIn.accessKey)", "AWS_SECRET_KEY: \(S3StandIn.secretKey)",
        ]
        return settings
    }

    private func make(_ words: String...) async throws {
        let script = Laboratory.sample.deletingLastPathComponent().appending(path: "stand-ins/packages.py").path
        let made = try await Command.run(["python3", script, words[0], person.home.path] + words.dropFirst())
        try #require(made.exitCode == 0, "\(made)")
    }

    private func path(_ name: String) -> String { person.home.appending(path: name).path }

    /// Every document that names an image of the bucket names one that is there.
    private func expectWhole(_ person: Operator, _ server: S3StandIn) async throws {
        let list = try await person.sds("pkg", "ls", "--output", "json")
        let json = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [String: Any]
        let packages = try #require(json?["packages"] as? [[String: Any]], "\(list)")
        let keys = Set(try server.keys())
        for image in packages.flatMap({ $0["images"] as? [String] ?? [] }) {
            #expect(keys.contains(image.split(separator: "/").last.map(String.init) ?? ""), "\(image): \(keys)")
        }
    }

    @Test("01 a file made by hand imports while only stores run; again is as good as once")
    func byHand() async throws {
        try person.configure(Self.settings(server))
        let update = try await person.sds("update", "mozart", "-f")
        try #require(update.exitCode == 0, "\(update)")
        let none = try await person.sds("pkg", "ls")
        #expect(none.exitCode == 0 && none.output.isEmpty, "\(none)")
        try await make("good", "hello:v1", "20000000", SiteSettings.queue)
        let dry = try await person.sds("pkg", "import", path(Self.file), "--dry-run")
        #expect(dry.exitCode == 0 && dry.output.contains("write containers/\(Self.id)"), "\(dry)")
        #expect(try server.keys().isEmpty)
        let first = try await person.sds("-d", "pkg", "import", path(Self.file))
        try #require(first.exitCode == 0, "\(first)")
        person.marker.set()
        #expect(first.output.contains("3 images, 3 documents written"), "\(first)")
        let second = try await person.sds("-d", "pkg", "import", path(Self.file))
        #expect(second.exitCode == 0 && second.output.contains("nothing to do"), "\(second)")
        let version = try await person.script("sds pkg ls | grep hello | cut -d ':' -f2")
        #expect(version.output == "v1\n", "\(version)")
        let history = try await person.sds("history")
        #expect(history.output.contains("pkg import \(Self.file)"), "\(history)")
    }

    @Test("02 an exported package imports into another new system, and its job runs there")
    func elsewhere() async throws {
        let export = try await person.sds("pkg", "export", Self.id, "-o", path("out"))
        try #require(export.exitCode == 0 && export.output.contains(Self.file), "\(export)")
        let list = try await Command.run(["tar", "tf", path("out/\(Self.file)")])
        let top = "container-hello-v1.sdspkg/"
        #expect(
            list.output.split(separator: "\n").map(String.init)
                == [top]
                + ["dependency-1.tar.gz", "hello-v1-arm.tar.gz", "hello-v1.tar.gz", "manifest.json"].map { top + $0 })
        let manifest = try await Command.run(["tar", "xOf", path("out/\(Self.file)"), "\(top)manifest.json"])
        let python = try await Command.run(
            [
                "python3", "-c",
                "import json,sys; print(json.dumps(json.load(sys.stdin), indent=2, sort_keys=True), end='')",
            ],
            input: manifest.output)
        #expect(manifest.output == python.output && !manifest.output.contains("allowed_accounts"), "\(manifest)")

        let other = try S3StandIn()
        let file = path("out/\(Self.file)")
        try await Operator.with("packages2", Self.settings(other)) { person in
            let ready = try await person.script(
                "sds -d update mozart -f; sds -d pkg import '\(file)'; sds -d reset all -f", within: 400)
            try #require(ready.exitCode == 0, "\(ready)")
            try await expectWhole(person, other)
            #expect(try await person.runJob(ofType: "hello:v1").status == "job-completed")
            let orchestration = try await person.script(
                "sds orch ps core | grep -q RUNNING; sds orch run mozart echo hello; sds orch stop core -f; sds orch ps core"
            )
            #expect(orchestration.exitCode == 0 && orchestration.output.contains("hello"), "\(orchestration)")
        }
    }

    @Test("03 killed at random moments: no document without image, and a second import completes")
    func killed() async throws {
        var killed = 0
        for round in 0..<(Soak.isOn ? 200 : 8) {
            let removed = try await person.sds("pkg", "rm", Self.id)
            #expect(removed.exitCode == 0, "\(removed)")
            #expect(try server.keys().isEmpty)
            let verb = try person.start("pkg", "import", path(Self.file))
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...3000)))
            if verb.isRunning { killed += 1 }
            verb.kill()
            _ = await verb.result(within: 10)
            try await expectWhole(person, server)
            // The dead one's lock would free itself within 30 s.
            _ = try await person.sds("lock", "release", "-f")
            let again = try await person.sds("pkg", "import", path(Self.file))
            #expect(again.exitCode == 0, "round \(round): \(again)")
            #expect(try server.openUploads().isEmpty)
            try await expectWhole(person, server)
        }
        #expect(killed > 0, "every import was quicker than its killer")
        let last = try await person.sds("pkg", "import", path(Self.file))
        #expect(last.output.contains("nothing to do"), "\(last)")
    }

    @Test("04 hostile files are refused by name, and nothing is written")
    func hostile() async throws {
        try await make("hostile")
        let keys = try server.keys()
        for name in ["traversal", "symlink", "device", "missing-image", "foreign-spec", "cut-in-data", "not-json"] {
            let result = try await person.sds("pkg", "import", path("\(name).tar"))
            #expect(result.exitCode == 2 && result.errors.contains("\(name).tar: "), "\(result)")
        }
        #expect(try server.keys() == keys)
        let list = try await person.sds("pkg", "ls")
        #expect(list.output == Self.id + "\n", "\(list)")
        for words in [["pkg", "export", "container-none:v1"], ["pkg", "rm", "container-none:v1"]] {
            let result = try await person.sds(words[0], words[1], words[2])
            #expect(result.exitCode == 1 && result.errors.contains("container-none:v1"), "\(result)")
        }
    }

    @Test("05 rm leaves what another package uses")
    func shared() async throws {
        try await make("good", "hello:v2", "1000", SiteSettings.queue)
        let both = try await person.sds("pkg", "import", path("container-hello-v2.sdspkg.tar"))
        #expect(both.exitCode == 0, "\(both)")
        let first = try await person.sds("pkg", "rm", Self.id)
        #expect(first.exitCode == 0 && first.errors.contains("used by job_specs/job-hello:v2"), "\(first)")
        #expect(try server.keys() == ["dependency-1.tar.gz", "hello-v2-arm.tar.gz", "hello-v2.tar.gz"])
        let second = try await person.sds("pkg", "rm", "container-hello:v2")
        #expect(second.exitCode == 0, "\(second)")
        #expect(try server.keys().isEmpty)
        let none = try await person.sds("pkg", "ls")
        #expect(none.exitCode == 0 && none.output.isEmpty, "\(none)")
    }
}
