import FakeCluster
import Foundation
import Kubernetes
import Testing

@Suite("What operators met at night", .timeLimit(.minutes(5)))
struct NightTests {
    @Test("passwords that are gone aren't made anew behind the stores' back")
    func lostSecrets() async throws {
        try await Workplace.run { place in
            try await place.expect(0, "start grq -f")
            try place.cluster.delete(.secret, "sds-generated")
            place.cluster.ledger.reset()
            let update = try await place.sds("update all -f")
            #expect(update.code == 2 && update.errors.contains("--stores"), "\(update)")
            #expect(place.cluster.ledger.writes.isEmpty)
            #expect(place.cluster.object(.secret, "sds-generated") == nil)
        }
    }

    @Test("a failure is a document, too, with --output json", arguments: ["mozzart", "grq --to 77"])
    func failureDocument(words: String) async throws {
        try await Workplace.run { place in
            let verb = words.contains("--to") ? "rollback" : "update"
            let result = try await place.sds("\(verb) \(words) -f --output json")
            #expect(result.code != 0)
            let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            #expect(object?["kind"] as? String == "Failure", "\(result)")
            #expect(object?["exitCode"] as? Int == result.code)
        }
    }

    @Test("a configuration that lost its queues removes no workers")
    func lostQueues() async throws {
        try await Workplace.run { place in
            try await place.expect(0, "update verdi -f")
            let start = try #require(Workplace.configuration.range(of: "QUEUES"))
            let end = try #require(Workplace.configuration.range(of: "kubernetes:"))
            var text = Workplace.configuration
            text.removeSubrange(start.lowerBound..<end.lowerBound)
            try place.write(text, to: ".sds/config", mode: 0o600)
            place.cluster.ledger.reset()
            let update = try await place.sds("update verdi -f")
            #expect(update.code == 2 && update.errors.contains("QUEUES"), "\(update)")
            #expect(place.cluster.ledger.writes.isEmpty)
            try place.write(
                text.replacing("VENUE: test\n", with: "VENUE: test\nQUEUES: []\n"), to: ".sds/config", mode: 0o600)
            try await place.expect(0, "update verdi -f")
        }
    }

    @Test("rendered JSON that is none stops the verb before anything is changed")
    func brokenJSON() async throws {
        try await Workplace.run { place in
            try place.write("{\"datasets\": ", to: ".sds/files/datasets.json")
            let update = try await place.sds("update verdi -f")
            #expect(update.code == 2 && update.errors.contains("~/.sds/files/datasets.json"), "\(update)")
            #expect(place.cluster.ledger.writes.isEmpty)
        }
    }

    @Test("an empty configuration is no configuration", arguments: ["", "# nothing\n\n"])
    func emptyConfiguration(text: String) async throws {
        try await Workplace.run(configuration: text) { place in
            let status = try await place.sds("status")
            #expect(status.code == 2 && status.errors.contains("empty"), "\(status)")
        }
    }

    @Test("what somebody else put into our lists is told, with who did it")
    func foreignFields() async throws {
        try await Workplace.run { place in
            try await place.expect(0, "start grq -f")
            try place.cluster.change(.deployment, "grq2") { deployment in
                let path = ["spec", "template", "spec", "containers"]
                var containers = deployment[path: path]?.array ?? []
                containers[0]["env"] = .array((containers[0]["env"]?.array ?? []) + [["name": "FOO", "value": "bar"]])
                deployment[path: path] = .array(containers)
                let managers = deployment[path: ["metadata", "managedFields"]]?.array ?? []
                deployment[path: ["metadata", "managedFields"]] = .array(
                    managers + [["manager": "kubectl-set", "operation": "Update", "apiVersion": "apps/v1"]])
            }
            let update = try await place.sds("update grq -f")
            #expect(
                update.code == 3 && update.errors.contains("FOO") && update.errors.contains("changed by"), "\(update)")
        }
    }

    @Test("a disk that is full and a reader that left are no crash")
    func lostOutput() async throws {
        try await Workplace.run { place in
            let full = try await place.shell("sds --help >/dev/full")
            #expect(full.code == 1 && full.errors.contains("No space left"), "\(full)")
            let gone = try await place.shell("{ sds render all; echo $? >&2; } | true")
            #expect(gone.errors.contains("141") && !gone.errors.contains("Fatal"), "\(gone)")
        }
    }
}
