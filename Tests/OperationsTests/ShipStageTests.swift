import Foundation
import Kubernetes
import Release
import Testing

@testable import Operations

@Suite("What is sent to a pod")
struct ShipStageTests {
    @Test(arguments: [0, 1, 511, 512, 513, 5000])
    func `tar unpacks it to the same bytes`(count: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let archive = StageArchive([.init(name: "release.json", bytes: content)])
        #expect(archive.size == archive.pieces.map(\.count).reduce(0, +))
        #expect(archive.size % 512 == 0)
        let folder = FileManager.default.temporaryDirectory.appending(path: "sds-stage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "stage.tar")
        try Data(archive.pieces.flatMap { $0 }).write(to: file)
        let tar = Process()
        tar.executableURL = URL(filePath: "/usr/bin/env")
        tar.arguments = ["tar", "-x", "-f", file.path, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        #expect(tar.terminationStatus == 0)
        #expect(try Array(Data(contentsOf: folder.appending(path: "release.json"))) == content)
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "end").path))
        try FileManager.default.removeItem(at: folder)
    }

    private func content(
        _ trees: [PackedTree], links: [ReleaseManifest.Link] = []
    ) throws -> (String, [KubernetesObject]) {
        let release = try ReleaseManifest(trees: trees.map(\.facts), links: links)
        var objects = [
            KubernetesObject([
                "kind": "ConfigMap", "metadata": ["name": .string(release.objectName)],
                "data": ["release.json": .string(String(decoding: release.json, as: UTF8.self))],
            ])
        ]
        for tree in trees {
            for (name, chunk) in zip(tree.facts.objectNames, tree.chunks) {
                objects.append(
                    KubernetesObject([
                        "kind": "ConfigMap", "metadata": ["name": .string(name)],
                        "binaryData": ["chunk": .string(Data(chunk).base64EncodedString())],
                    ]))
            }
        }
        return (release.digest.hex, objects)
    }

    private func tree(_ name: String, _ text: String) throws -> PackedTree {
        try PackedTree(
            Tree(
                name: name, destination: "ops/\(name)",
                entries: [TreeEntry(path: "a.py", content: .file(Array(text.utf8)))]))
    }

    @Test func `only the trees that a pod lacks are sent`() throws {
        let (one, two) = (try tree("one", "1"), try tree("two", "2"))
        let (release, objects) = try content([one, two])
        var chunks: [String: [UInt8]] = [:]
        let parcel = try Parcel(workload: "w", release: release, sequence: 3, content: objects, chunks: &chunks)
        #expect(parcel.everything == [one.facts.digest.hex, two.facts.digest.hex])
        #expect(parcel.archive(of: []).size < parcel.archive(of: [one.facts.digest.hex]).size)
        let all = parcel.archive(of: parcel.everything).pieces
        #expect(all.contains(one.chunks[0]) && all.contains(two.chunks[0]))
        #expect(!parcel.archive(of: [one.facts.digest.hex]).pieces.contains(two.chunks[0]))
        #expect(chunks.count == 2)
    }

    @Test func `trees of the same content are sent once`() throws {
        let (one, two) = (try tree("one", "same"), try tree("two", "same"))
        let (release, objects) = try content([one, two])
        var chunks: [String: [UInt8]] = [:]
        let parcel = try Parcel(workload: "w", release: release, sequence: 3, content: objects, chunks: &chunks)
        #expect(parcel.archive(of: parcel.everything).pieces.count { $0 == one.chunks[0] } == 1)
    }

    @Test func `a missing piece is named before anything is sent`() throws {
        let (release, objects) = try content([try tree("one", "1")])
        var chunks: [String: [UInt8]] = [:]
        #expect(throws: OperationError.self) {
            try Parcel(workload: "w", release: release, sequence: 3, content: [objects[0]], chunks: &chunks)
        }
    }
}

@Suite("What can't be brought into a running pod")
struct ShipTemplateTests {
    private func worker(
        image: String = "i:1", sequence: String = "1", release: String = "r1", trees: String = "a b",
        chunk: String = "c1",
        limit: String = "1Gi"
    ) -> KubernetesObject {
        KubernetesObject([
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": ["name": "w"],
            "spec": [
                "template": [
                    "metadata": [
                        "annotations": [
                            "sds.hysds.org/release": .string(release), "sds.hysds.org/sequence": .string(sequence),
                        ]
                    ],
                    "spec": [
                        "containers": [
                            [
                                "name": "w", "image": .string(image),
                                "resources": ["limits": ["memory": .string(limit)]],
                                "env": [
                                    ["name": "SDS_RELEASE", "value": .string(release)],
                                    ["name": "SDS_SEQUENCE", "value": .string(sequence)],
                                    ["name": "SDS_TREES", "value": .string(trees)],
                                ],
                            ]
                        ],
                        "volumes": [["name": "sds-chunks", "configMap": ["name": .string(chunk)]]],
                    ],
                ]
            ],
        ])
    }

    @Test func `another release alone makes no difference`() {
        #expect(
            TemplateComparison.differences(from: worker(), to: worker(sequence: "2", release: "r2", chunk: "c2"))
                .isEmpty)
    }

    @Test func `another tree makes none either: the supervisor finds it in the release`() {
        #expect(TemplateComparison.differences(from: worker(), to: worker(trees: "a b c")).isEmpty)
    }

    @Test(arguments: [
        ("image", "spec.containers[w].image"), ("limit", "spec.containers[w].resources.limits.memory"),
    ])
    func `what only a new pod can have is named`(change: String, path: String) {
        let changed =
            switch change {
            case "image": worker(image: "i:2", release: "r2")
            default: worker(limit: "2Gi")
            }
        #expect(TemplateComparison.differences(from: worker(), to: changed) == [path])
    }
}
