import FakeCluster
import Foundation
import HySDS
import Kubernetes
import Testing

@testable import Commands

@Suite("configure", .timeLimit(.minutes(5)))
struct ConfigureTests {
    // MARK: Unattended

    @Test("is an error with the way out without a terminal and without --from")
    func noTerminal() async throws {
        try await Workplace.run(configuration: nil) { place in
            let result = try await place.sds("configure")
            #expect(result.code == 2)
            #expect(result.errors.contains("there is no terminal") && result.errors.contains("--from FILE"))
            #expect(place.read(".sds/config") == nil)
        }
    }

    @Test("writes privately and as a whole, keeps the file of before, and refuses to replace it unasked")
    func writing() async throws {
        try await Workplace.run(configuration: nil) { place in
            try place.write("VENUE: ops\nMOZART_REDIS_PVT_IP: 10.0.0.1\n", to: "old")
            try await place.expect(2, "configure --from old")
            try await place.expect(0, "configure --from old --keep mozart-redis")
            #expect(try place.mode(".sds/config") == 0o600)
            #expect(try place.mode(".sds") == 0o700)
            let first = try #require(place.read(".sds/config"))
            let refused = try await place.sds("configure --from old --anew mozart-redis")
            #expect(refused.code == 2 && refused.errors.contains("say -f"))
            #expect(place.read(".sds/config") == first)
            try await place.expect(0, "configure --from old --anew mozart-redis -f")
            #expect(place.read(".sds/config") != first)
            #expect(place.read(".sds/config.previous") == first)
            #expect(try place.mode(".sds/config.previous") == 0o600)
            let names = try FileManager.default.contentsOfDirectory(atPath: place.home.appending(path: ".sds").path)
            #expect(Set(names) == ["config", "config.previous"], "nothing half written is left")
            try await place.expect(0, "configure --from .sds/config")
        }
    }

    @Test("writes nothing that sds couldn't read")
    func refusal() async throws {
        try await Workplace.run(configuration: nil) { place in
            try place.write("VENUE: ops\nGRQ_PORT: many\n", to: "old")
            let result = try await place.sds("configure --from old --anew all")
            #expect(result.code == 2)
            #expect(result.errors.contains("GRQ_PORT: expected a whole number"))
            #expect(place.read(".sds/config") == nil)
            let unknown = try await place.sds("configure --from old --keep nothing-es")
            #expect(unknown.code == 2 && unknown.errors.contains("names no store 'nothing-es'"))
            try await place.expect(2, "configure --keep grq-es")
        }
    }

    @Test("prints the reference as it stands")
    func reference() async throws {
        try await Workplace.run(configuration: nil) { place in
            let result = try await place.sds("configure --reference")
            #expect(result.code == 0)
            let file = try String(contentsOf: Workplace.root.appending(path: "conf/sds.config"), encoding: .utf8)
            #expect(result.output == file)
        }
    }

    // MARK: Questions

    /// Answers from a list; what is asked hidden must be marked so.
    final class Script: Asking {
        private var answers: [(question: String, answer: String)]
        private(set) var asked: [String] = []
        private(set) var hiddenQuestions: [String] = []

        init(_ answers: [(String, String)]) {
            self.answers = answers
        }

        func say(_ text: String) {}

        func line(_ prompt: String) -> String {
            asked.append(prompt)
            guard let index = answers.firstIndex(where: { prompt.contains($0.question) }) else { return "" }
            return answers.remove(at: index).answer
        }

        func hidden(_ prompt: String) -> String {
            hiddenQuestions.append(prompt)
            return line(prompt)
        }
    }

    static func interview(_ answers: [(String, String)]) throws -> (ConfigurationText, Script) {
        let folder = Workplace.root
        func files(_ name: String) -> [String: [UInt8]] {
            var files: [String: [UInt8]] = [:]
            for case let path as String in FileManager.default.enumerator(atPath: folder.appending(path: name).path)
                ?? .init()
            {
                files[path] = FileManager.default.contents(atPath: folder.appending(path: "\(name)/\(path)").path).map {
                    Array($0)
                }
            }
            return files
        }
        let installation = Installation(k8s: files("k8s"), conf: files("conf"))
        let script = Script(answers)
        var interview = Interview(
            text: ConfigurationText(String(decoding: installation.conf["sds.config"] ?? [], as: UTF8.self)),
            questions: try Questions(installation: installation), rules: try MigrationRules(installation: installation),
            terminal: script
        ) { text in
            do throws(HySDSErrors) {
                _ = try Configuration.parse(Array(text.text.utf8), installation: installation)
                return []
            } catch {
                return error.all.map(\.description)
            }
        }
        try interview.run()
        return (interview.text, script)
    }

    @Test("takes every default for Enter, and changes nothing then")
    func defaults() throws {
        let (text, script) = try Self.interview([])
        #expect(
            text.text == (try String(contentsOf: Workplace.root.appending(path: "conf/sds.config"), encoding: .utf8)))
        #expect(script.asked.count > 25)
        #expect(script.asked.contains { $0.contains("[ops]") }, "defaults are shown")
    }

    @Test("asks in a sensible order: what depends on an answer comes after it, and only then")
    func order() throws {
        let (text, script) = try Self.interview([
            ("ingress controller", "y"), ("Host name of the site", "sds.example.org"),
            ("Name of this installation", "test"),
            ("Bucket that datasets", "bucket"), ("Job queues", "a, b"),
        ])
        #expect(text.value(at: ["kubernetes", "ingress", "host"]) == .text("sds.example.org"))
        #expect(text.value(at: ["kubernetes", "ingress", "enabled"]) == .bool(true))
        #expect(text.value(at: ["VENUE"]) == .text("test"))
        #expect(
            text.value(at: ["QUEUES"])
                == .list([.mapping([.init("QUEUE_NAME", .text("a"))]), .mapping([.init("QUEUE_NAME", .text("b"))])]))
        #expect(script.asked.contains { $0.hasPrefix("Its region") })
        let (_, other) = try Self.interview([])
        #expect(!other.asked.contains { $0.hasPrefix("Its region") || $0.hasPrefix("Host name of the site") })
    }

    @Test("asks secrets hidden and twice, and keeps only a hash of HySDS's own password")
    func secrets() throws {
        let (text, script) = try Self.interview([
            ("Password of HySDS's own login", "abc"), ("Once more", "abc"), ("Password at RabbitMQ", "one"),
            ("Once more", "other"),
            ("Password at RabbitMQ", "word"), ("Once more", "word"),
        ])
        #expect(text.value(at: ["MOZART_RABBIT_PASSWORD"]) == .text("word"))
        #expect(
            text.value(at: ["OPS_PASSWORD_HASH"]) == .text("23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"))
        #expect(script.hiddenQuestions.count { $0.contains("Password at RabbitMQ") } == 2)
        #expect(!text.text.contains("abc\n"))
    }

    @Test("asks again after a mistake, with the mistake's name")
    func mistakes() throws {
        let (text, script) = try Self.interview([("Namespace", "Not A Name"), ("Namespace", "good")])
        #expect(text.value(at: ["kubernetes", "namespace"]) == .text("good"))
        #expect(script.asked.count { $0.hasPrefix("Namespace") } == 2)
    }

    @Test("takes stores that run elsewhere")
    func stores() throws {
        let (text, _) = try Self.interview([
            ("grq-es here or elsewhere", "elsewhere"), ("host name or address", "search.example.org"),
            ("Its port", "9243"), ("ours alone", "n"),
        ])
        #expect(text.value(at: ["kubernetes", "external", "grq-es", "address"]) == .text("search.example.org"))
        #expect(text.value(at: ["kubernetes", "external", "grq-es", "port"]) == .integer(9243))
        #expect(text.value(at: ["kubernetes", "external", "grq-es", "exclusive"]) == .bool(false))
    }

    // MARK: check

    @Test("check says a line for each thing, and what to do where one lacks")
    func check() async throws {
        try await Workplace.run(settings: { _ in }) { place in
            let lacking = try await place.sds("configure check")
            #expect(lacking.code == 8, "\(lacking)")
            #expect(lacking.output.contains("LACKS    storage class: the cluster has no default one"))
            try place.cluster.create(
                [
                    "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
                    "metadata": [
                        "name": "fast", "annotations": ["storageclass.kubernetes.io/is-default-class": "true"],
                    ], "provisioner": "x",
                ], namespace: "")
            let good = try await place.sds("configure check")
            #expect(good.code == 0, "\(good)")
            for line in [
                "ok       cluster: reached, Kubernetes v1.30.0", "ok       storage class: fast", "nothing lacks",
            ] {
                #expect(good.output.contains(line), "\(line): \(good)")
            }
            #expect(good.output.contains("of the shipped Role in test"))
            #expect(place.cluster.ledger.writes.allSatisfy { $0.path.contains("accessreviews") }, "nothing is changed")
        }
    }

    @Test("check is 4 when only rights lack, and names them with the verbs that need them")
    func rights() async throws {
        try await Workplace.run(settings: {
            $0.denied = [DeniedRight("create", "pods/exec"), DeniedRight("patch", "deployments")]
        }) { place in
            try place.cluster.create(
                [
                    "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
                    "metadata": [
                        "name": "fast", "annotations": ["storageclass.kubernetes.io/is-default-class": "true"],
                    ], "provisioner": "x",
                ], namespace: "")
            let result = try await place.sds("configure check")
            #expect(result.code == 4, "\(result)")
            #expect(
                result.output.contains(
                    "LACKS    right pods/exec: you may not create in the namespace test: needed by reset, run, ship, status, stop"
                ))
            #expect(result.output.contains("LACKS    right deployments.apps: you may not patch"))
            #expect(result.output.contains("sds render all --admin"))
        }
    }

    @Test(
        "check is 2 for the files, 5 for the way to the cluster",
        arguments: [
            ("VENUE: test\nGRQ_PORT: x\n", 2, "GRQ_PORT"),
            ("VENUE: test\nkubernetes: {profile: single-node, workloads: {pele: {replicas: -1}}}\n", 2, "replicas"),
        ])
    func files(configuration: String, code: Int, part: String) async throws {
        try await Workplace.run(configuration: configuration) { place in
            let result = try await place.sds("configure check")
            #expect(result.code == code, "\(result)")
            #expect(result.output.contains(part))
        }
    }

    @Test("check is 5 when the cluster can't be reached")
    func unreachable() async throws {
        try await Workplace.run { place in
            try await place.cluster.stopListening()
            let result = try await place.sds("configure check")
            #expect(result.code == 5, "\(result)")
        }
    }
}
