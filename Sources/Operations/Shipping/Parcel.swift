internal import FoundationEssentials
package import Kubernetes
package import Release

/// A workload's release as it travels into its running pods: `release.json`, and the chunks of each tree.
package struct Parcel: Sendable, Equatable {
    package struct Tree: Sendable, Equatable {
        package let facts: TreeFacts
        package let files: [StageArchive.File]

        package var name: String { facts.name }
        package var digest: String { facts.digest.hex }
    }

    package let workload: String
    package let release: String
    package let sequence: Int
    package let trees: [Tree]
    private let manifest: StageArchive.File

    /// - Parameters:
    ///   - content: the ConfigMaps of the release: its `release.json` and the chunks of its trees.
    ///   - chunks: bytes decoded for other workloads already, by the name of their object: all share them.
    /// - Throws: `OperationError` for content that isn't whole.
    package init(
        workload: String, release: String, sequence: Int, content: [KubernetesObject], chunks: inout [String: [UInt8]]
    ) throws(OperationError) {
        self.workload = workload
        self.release = release
        self.sequence = sequence
        let objects = Dictionary(content.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let name = "sds-release-\(release.prefix(16))"
        guard let json = objects[name]?[path: ["data", "release.json"]]?.string else {
            throw OperationError(.failed, "\(workload): the release \(release.prefix(16)) has no release.json")
        }
        manifest = StageArchive.File(name: "release.json", bytes: Array(json.utf8))
        let facts: [TreeFacts]
        do {
            facts = try ReleaseManifest.trees(ofJSON: manifest.bytes)
        } catch {
            throw OperationError(.failed, "\(workload): \(name) can't be read: \(error)")
        }
        var trees: [Tree] = []
        for tree in facts {
            var files: [StageArchive.File] = []
            for (object, file) in zip(tree.objectNames, tree.fileNames) {
                var bytes = chunks[object]
                if bytes == nil { bytes = try Parcel.chunk(objects[object]) }
                guard let bytes else {
                    throw OperationError(
                        .failed, "\(workload): the piece \(object) of the tree \(tree.name) is missing")
                }
                chunks[object] = bytes
                files.append(StageArchive.File(name: file, bytes: bytes))
            }
            trees.append(Tree(facts: tree, files: files))
        }
        self.trees = trees
    }

    private static func chunk(_ object: KubernetesObject?) throws(OperationError) -> [UInt8]? {
        guard let object, let text = object[path: ["binaryData", "chunk"]]?.string else { return nil }
        guard let data = Data(base64Encoded: text) else {
            throw OperationError(.failed, "\(object.name) doesn't hold base64")
        }
        return Array(data)
    }

    /// What is sent to a pod that lacks the trees of these digests.
    ///
    /// - Parameter patches: by digest, what stands for a tree's pieces where the pod holds another state of it.
    package func archive(of missing: Set<String>, patches: [String: StageArchive.File] = [:]) -> StageArchive {
        var names: Set<String> = []
        let files = trees.filter { missing.contains($0.digest) }
            .flatMap { tree in patches[tree.digest].map { [$0] } ?? tree.files }
        return StageArchive([manifest] + files.filter { names.insert($0.name).inserted })
    }

    /// What is sent when a pod's own copies turn out to be damaged.
    package var everything: Set<String> { Set(trees.map(\.digest)) }
}
