import FakeCluster
import Foundation
import Kubernetes
import Testing

@Suite("What verbs leave behind", .timeLimit(.minutes(5)))
struct HistoryTests {
    @Test(
        "Every verb that changes something leaves a line of the history and an event, and one that does nothing leaves none"
    )
    func lines() async throws {
        let former = Workplace.configuration + "\nFORMER_GRQ_ES_URL: http://old.example.org:9200\n"
        try await Workplace.run(configuration: former) { place in
            let verbs = [
                "start_tps mozart -f", "update grq -f", "start grq -f", "stop grq -f", "reset grq -f", "migrate -f",
                "stop all -f",
                "stop_tps all -f",
            ]
            for verb in verbs { try await place.expect(0, verb) }
            try await place.expect(0, "stop all -f")
            try place.write(
                Workplace.configuration + "\n  workloads: {pele: {env: {A: \"1\"}}}\n", to: ".sds/config", mode: 0o600)
            try await place.expect(0, "update grq -f")
            try await place.expect(0, "rollback grq -f")

            let history = try await place.sds("history")
            #expect(history.code == 0, "\(history)")
            let table = history.output.split(separator: "\n").map(String.init)
            let begin = try #require(table.firstIndex { $0.hasPrefix("WHEN ") })
            let said = table[(begin + 1)...].map { line in
                line.split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
            }
            let commands =
                verbs.map { "sds " + $0.replacing(" -f", with: "") } + ["sds update grq", "sds rollback grq"]
            #expect(said.map { $0[2] } == commands.reversed(), "newest first; the second stop did nothing")
            #expect(said.allSatisfy { $0[1].hasPrefix("tester@") && $0[3] == "done" })

            let events = place.cluster.names(.event).compactMap { place.cluster.object(.event, $0) }
            let reasons = Set(events.compactMap { $0[path: ["reason"]]?.string })
            for reason in [
                "SDSUpdate", "SDSStart", "SDSStop", "SDSReset", "SDSStartTps", "SDSStopTps", "SDSRollback",
                "SDSMigrate",
            ] {
                #expect(reasons.contains(reason), "\(reason): \(reasons)")
            }
            let grq = try await place.sds("history grq --output json")
            #expect(!grq.output.contains("start_tps mozart") && grq.output.contains("rollback grq"))
        }
    }

    @Test("A verb that fails says so in the history, with its reason, and a lock that was taken from its holder too")
    func failures() async throws {
        try await Workplace.run { place in
            try await place.expect(0, "update grq -f")
            place.cluster.setFate(.imagePullBackOff, of: "grq2")
            let failed = try await place.sds("start grq -f --timeout 20s")
            #expect(failed.code != 0)
            try place.cluster.change(.lease, "sds-lock") { lease in
                lease[path: ["spec", "holderIdentity"]] = "maria@elsewhere: sds update all"
                lease[path: ["spec", "leaseDurationSeconds"]] = 30
                lease[path: ["spec", "renewTime"]] = "2040-01-01T00:00:00.000000Z"
            }
            try await place.expect(0, "lock release -f")
            let history = try await place.sds("history")
            #expect(history.output.contains("sds lock release"), "\(history)")
            let line = history.output.split(separator: "\n").first { $0.contains("sds start grq") } ?? ""
            #expect(line.contains("failed") || line.contains("interrupted"), "\(history)")
        }
    }
}
