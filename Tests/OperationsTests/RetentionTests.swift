import Kubernetes
import Testing

@testable import Operations

@Suite("What may be removed")
struct RetentionTests {
    private static let letters = ["1", "2", "3", "4", "5", "6", "7", "8", "9"]

    private static func content(_ kind: String, _ name: String, managedBy: String = "sds") -> KubernetesObject {
        var object = KubernetesObject(["apiVersion": "v1", "kind": "ConfigMap"])
        object.name = name
        object.namespace = "test"
        object[path: ["metadata", "uid"]] = .string("uid-\(name)")
        object.labels = [RecordNames.kindLabel: kind, RecordNames.managedBy: managedBy]
        return object
    }

    private static func record(_ sequence: Int, workload: String = "mozart-rest") throws -> KubernetesObject {
        var record = try SmallSystem.revision(workload, sequence, release: letters[sequence - 1])
            .record(namespace: "test")
        record[path: ["metadata", "uid"]] = .string("uid-\(record.name)")
        return record
    }

    private static func release(_ letter: String) -> String { "sds-release-" + String(repeating: letter, count: 16) }
    private static func tree(_ letter: String) -> String { "sds-tree-" + String(repeating: letter, count: 16) + "-0" }

    /// Seven revisions of one workload, each with a release and a tree of its own; the newest is wanted.
    private static func seven() throws -> Retention {
        let some = letters.prefix(7)
        return Retention(
            content: some.flatMap { [content("release", release($0)), content("tree", tree($0))] },
            revisions: try (1...7).map { try record($0) }, users: [],
            wanted: ["mozart-rest": SmallSystem.wanted(7, release: "7")])
    }

    @Test func `the last five revisions stay with all that they name`() throws {
        let names = Set(try Self.seven().removable.map(\.name))
        #expect(
            names == [
                "sds-revision-mozart-rest-1", "sds-revision-mozart-rest-2", Self.release("1"), Self.tree("1"),
                Self.release("2"), Self.tree("2"),
            ])
    }

    @Test func `what an image's record names stays`() throws {
        var retention = try Self.seven()
        retention.imageContent = [Self.tree("1")]
        #expect(!retention.removable.contains { $0.name == Self.tree("1") })
        #expect(retention.removable.contains { $0.name == Self.tree("2") })
    }

    @Test func `what a pod still mounts stays, with the record of its revision`() throws {
        var retention = try Self.seven()
        var pod = KubernetesObject(["apiVersion": "v1", "kind": "Pod"])
        pod.labels = [RecordNames.name: "mozart-rest"]
        pod.annotations = [RecordNames.sequence: "1"]
        pod[path: ["spec", "volumes"]] = [
            ["projected": ["sources": [["configMap": ["name": .string(Self.tree("2"))]]]]]
        ]
        retention.users = [pod]
        let names = Set(retention.removable.map(\.name))
        #expect(names == ["sds-revision-mozart-rest-2", Self.release("2")])
    }

    @Test(arguments: ["ReplicaSet", "Deployment", "StatefulSet", "Job", "ControllerRevision"])
    func `what a controller's object names stays`(kind: String) throws {
        var retention = try Self.seven()
        let template = try SmallSystem.object("mozart-rest", sequence: 2, release: "2")
        retention.users = [
            KubernetesObject([
                "apiVersion": kind == "Job" ? "batch/v1" : "apps/v1", "kind": .string(kind),
                "metadata": ["labels": [RecordNames.name: "mozart-rest"]],
                kind == "ControllerRevision" ? "data" : "spec": template[path: ["spec"]] ?? .null,
            ])
        ]
        let names = retention.removable.map(\.name)
        #expect(!names.contains(Self.tree("2")) && !names.contains(Self.release("2")))
        #expect(names.contains(Self.tree("1")))
    }

    @Test func `a wanted revision stays however old it is`() throws {
        var retention = try Self.seven()
        retention.wanted = ["mozart-rest": SmallSystem.wanted(1, release: "1")]
        let names = Set(retention.removable.map(\.name))
        #expect(names == ["sds-revision-mozart-rest-2", Self.release("2"), Self.tree("2")])
    }

    @Test func `when a kept record can't be read nothing goes`() throws {
        var retention = try Self.seven()
        retention.revisions[6][path: ["data", "object.json"]] = "{"
        #expect(retention.removable.isEmpty)
    }

    @Test func `an old record that can't be read doesn't stop the others from going`() throws {
        var retention = try Self.seven()
        retention.revisions[0][path: ["data", "object.json"]] = "{"
        #expect(retention.removable.contains { $0.name == Self.tree("2") })
    }

    @Test func `what isn't clearly ours and of a kind that goes stays`() throws {
        var retention = try Self.seven()
        retention.content += [
            Self.content("tree", "sds-tree-foreign-0", managedBy: "somebody"), Self.content("record", "sds-wanted"),
            Self.content("files", "sds-tree-files-0"), Self.content("tree", "sds-wanted"),
        ]
        retention.revisions[0].labels[RecordNames.managedBy] = nil
        retention.revisions[1].name = "sds-revision-mozart-rest-two"
        let names = Set(retention.removable.map(\.name))
        #expect(names.isEmpty, "records 1 and 2 stay in doubt, and so does what they name")
    }

    @Test func `each workload has its own five, and one name within another's is no confusion`() throws {
        var retention = try Self.seven()
        retention.revisions += try (1...6).map { try Self.record($0, workload: "orchestrator-jobs") }
        let names = Set(retention.removable.map(\.name))
        #expect(
            names == [
                "sds-revision-mozart-rest-1", "sds-revision-mozart-rest-2", "sds-revision-orchestrator-jobs-1",
                Self.release("1"), Self.tree("1"),
            ])
    }

    @Test func `a second look right after finds nothing`() throws {
        var retention = try Self.seven()
        let gone = Set(retention.removable.map(\.name))
        retention.content.removeAll { gone.contains($0.name) }
        retention.revisions.removeAll { gone.contains($0.name) }
        #expect(retention.removable.isEmpty)
    }
}
