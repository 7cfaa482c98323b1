import Kubernetes
import Testing

@testable import Operations

@Suite("Revisions")
struct RevisionTests {
    private func environment(_ object: KubernetesObject, _ name: String) -> [String] {
        let pod = object[path: ["spec", "template", "spec"]]
        return ["initContainers", "containers"].flatMap { pod?[$0]?.array ?? [] }.compactMap { container in
            container["env"]?.array?.first { $0["name"]?.string == name }?["value"]?.string
        }
    }

    private func podAnnotation(_ object: KubernetesObject, _ name: String) -> String? {
        object[path: ["spec", "template", "metadata", "annotations", name]]?.string
    }

    @Test func `a renumbered revision carries its number wherever a pod reads it`() throws {
        let revision = try SmallSystem.revision("mozart-rest", 2)
        let identity = Identity(user: "eve", host: "there", command: "rollback mozart")
        let renumbered = revision.renumbered(7, by: identity, at: "2026-02-02T00:00:00Z")
        #expect(environment(renumbered.object, "SDS_SEQUENCE") == ["7", "7"])
        #expect(podAnnotation(renumbered.object, RecordNames.sequence) == "7")
        #expect(environment(renumbered.object, "SDS_RELEASE") == environment(revision.object, "SDS_RELEASE"))
        #expect(renumbered.wanted.sequence == 7)
        #expect(renumbered.wanted.copyOf == 2)
        #expect(renumbered.wanted.identity == identity)
        #expect(renumbered.wanted.time == "2026-02-02T00:00:00Z")
        #expect(renumbered.wanted.release == revision.wanted.release)
        #expect(renumbered.wanted.commits == revision.wanted.commits)
    }

    @Test func `renumbered twice it still says whose content it is`() throws {
        let identity = Identity(user: "eve", host: "there", command: "rollback mozart")
        let twice = try SmallSystem.revision("mozart-rest", 2).renumbered(3, by: identity, at: "").renumbered(
            4, by: identity, at: "")
        #expect(twice.wanted.copyOf == 2)
    }

    @Test func `a record gives back the revision that it was made of`() throws {
        let revision = try SmallSystem.revision("orchestrator-jobs", 3)
        let record = revision.record(namespace: "test")
        #expect(record.name == "sds-revision-orchestrator-jobs-3")
        #expect(record[path: ["immutable"]] == true)
        #expect(try Revision(workload: "orchestrator-jobs", record: record) == revision)
    }

    @Test func `the digest of an object is the one that rendering wrote on it, whatever its number`() throws {
        for name in ["mozart-rest", "orchestrator-jobs"] {
            let object = try SmallSystem.object(name, sequence: 9)
            #expect(Revision.spec(of: object) == object.annotations[RecordNames.spec])
        }
    }

    @Test func `an old revision gets today's secrets and says so in its digest`() throws {
        let old = try SmallSystem.revision("mozart-rest", 1, release: "a", generation: "g1", secretKeys: ["k"])
        let today = try SmallSystem.object(
            "mozart-rest", sequence: 4, release: "b", generation: "g2", secretKeys: ["k", "new"])
        var live = SmallSystem.live(today, replicas: 1)
        // A server's own addition must not end in the digest.
        let volumes = live[path: ["spec", "template", "spec", "volumes"]]?.array ?? []
        live[path: ["spec", "template", "spec", "volumes"]] = .array(
            volumes.map { volume in
                guard volume["name"] == "sds-secrets" else { return volume }
                var volume = volume
                volume[path: ["secret", "optional"]] = false
                return volume
            })
        let carried = old.carryingSecrets(of: live)
        #expect(podAnnotation(carried.object, RecordNames.secrets) == "g2")
        #expect(podAnnotation(carried.object, RecordNames.release) == String(repeating: "a", count: 64))
        let expected = try SmallSystem.object(
            "mozart-rest", sequence: 1, release: "a", generation: "g2", secretKeys: ["k", "new"])
        #expect(carried.object == expected)
        #expect(carried.wanted.spec == expected.annotations[RecordNames.spec])
        #expect(carried.wanted.spec != old.wanted.spec)
        #expect(podAnnotation(old.carryingSecrets(of: live, generation: "g3").object, RecordNames.secrets) == "g3")
    }

    @Test func `with the same secrets nothing changes`() throws {
        let revision = try SmallSystem.revision("mozart-rest", 1)
        let live = SmallSystem.live(try SmallSystem.object("mozart-rest", sequence: 2, release: "b"), replicas: 1)
        #expect(revision.carryingSecrets(of: live) == revision)
    }

    @Test func `the content of a revision is all that its pods mount`() throws {
        let names = try SmallSystem.revision("mozart-rest", 1, release: "c").contentNames
        #expect(names == ["sds-release-cccccccccccccccc", "sds-tree-cccccccccccccccc-0"])
    }

    @Test func `the previous revision says something else and didn't fail`() throws {
        var records: [KubernetesObject] = []
        for (sequence, release) in [(1, "a"), (2, "b"), (3, "c"), (4, "b")] {
            records.append(
                try SmallSystem.revision("mozart-rest", sequence, release: release).record(namespace: "test"))
        }
        records[2].annotations[Revisions.result] = Revisions.failed
        let revisions = try Revisions(records)
        let present = try #require(revisions.revision(of: "mozart-rest", 4)?.wanted)
        #expect(revisions["mozart-rest"].map(\.wanted.sequence) == [4, 3, 2, 1])
        #expect(revisions.previous(of: "mozart-rest", before: present)?.wanted.sequence == 1)
        #expect(revisions.previous(of: "grq2", before: present) == nil)
    }

    @Test func `a record that can't be read is an error that names it`() throws {
        var record = try SmallSystem.revision("mozart-rest", 1).record(namespace: "test")
        record[path: ["data", "wanted.json"]] = "{"
        let broken = record
        #expect(throws: OperationError.self) { try Revisions([broken]) }
    }
}
