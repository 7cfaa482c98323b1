import Foundation
import HySDS
import Kubernetes
import Testing

/// What a small configuration becomes, word for word; `SDS_WRITE_GOLDEN=1` writes it anew.
@Suite("A small configuration")
struct GoldenTests {
    /// One of each kind, so that a review stays readable.
    static let names = ["mozart-redis", "mozart-setup", "grq2", "hysds-front", "test-job-worker-small"]

    @Test("renders to the recorded objects", arguments: RepositoryTests.profiles)
    func golden(profile: String) throws {
        let (configuration, topology) = try Fixture.topology(
            Fixture.small.replacing("profile: single-node", with: "profile: \(profile)"))
        let rendering = Rendering(configuration: configuration, topology: topology)
        let objects = try Self.names.flatMap { name in
            let workload = try #require(topology[name])
            return try rendering.objects(
                for: workload, release: RepositoryTests.release(of: workload),
                secrets: RepositoryTests.secrets(of: workload))
        }
        let text = ManifestWriter.text(objects)
        let file = Fixture.root.appending(path: "Tests/HySDSTests/Golden/\(profile).yaml")
        if ProcessInfo.processInfo.environment["SDS_WRITE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
}
