import Foundation
import Testing

/// Workers under load while code is shipped again and again: no job runs twice, none is lost, none mixes two releases.
@Suite(.onCluster, .enabled(if: Soak.isOn, "only make soak has the time"), .namespace("soak", .delivery), .serialized)
struct SoakTests {
    private static let workers = 10

    @Test("random ships under load")
    func load() async throws {
        let person = try #require(Operator.current)
        let start = try await person.sds("start", "all", "-f")
        try #require(start.exitCode == 0, "\(start)")
        try await person.kubectl("scale", "replicaset", SiteSettings.worker, "--replicas=\(Self.workers)")
        try await person.kubectl.wait("all workers are ready", within: 300) {
            try await person.sds("status", "verdi").exitCode == 0
        }
        let end = ContinuousClock.now + .seconds(60 * Soak.minutes)
        var jobs: [String] = []
        var version = 1
        while ContinuousClock.now < end {
            for _ in 0..<Int.random(in: 1...Self.workers) {
                jobs.append(try await person.submitJob("sleep \(Int.random(in: 0...20))"))
            }
            try person.edit("hysds/hysds/__init__.py", "sample-\(version)\"", "sample-\(version + 1)\"")
            version += 1
            let ship = try await person.sds("ship")
            #expect(ship.exitCode == 0, "\(ship)")
        }
        for id in jobs {
            let job = try await person.wait(forJob: id, within: 900) { $0.isOver }
            #expect(job.status == "job-completed" && job.runs == 1, "\(job)")
        }
        Journal.say(person.namespace, "\(jobs.count) jobs, \(version - 1) ships")
    }
}
