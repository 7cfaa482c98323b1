import Testing

@testable import Release

@Suite("Trees out of the cluster")
struct UnpackingTests {
    private let tree = Tree(
        name: "hysds", destination: "ops/hysds",
        entries: [
            TreeEntry(path: "a.py", content: .file(Array("print(1)\n".utf8))),
            TreeEntry(path: "bin/run", content: .file(Array("#!/bin/sh\n".utf8)), mode: 0o755),
            TreeEntry(path: "bin", content: .directory, mode: 0o755),
            TreeEntry(path: "link", content: .link(target: "a.py"), mode: 0o777),
        ])

    @Test func `a packed tree comes back as it was`() throws {
        let packed = try PackedTree(tree)
        #expect(try Tree(unpacking: packed.chunks.flatMap(\.self), packed.facts) == tree)
    }

    @Test func `one bit changed, a byte missing or one too many is damage`() throws {
        let packed = try PackedTree(tree)
        let bytes = packed.chunks.flatMap(\.self)
        var flipped = bytes
        flipped[bytes.count / 2] ^= 1
        for damaged in [flipped, Array(bytes.dropLast()), bytes + [0], []] {
            #expect {
                try Tree(unpacking: damaged, packed.facts)
            } throws: {
                ($0 as? ReleaseError)?.kind == .damaged
            }
        }
    }

    @Test func `an archive that is whole but holds other files than its manifest says is damage`() throws {
        let other = try PackedTree(
            Tree(
                name: "hysds", destination: "ops/hysds",
                entries: [TreeEntry(path: "b", content: .directory, mode: 0o755)])
        )
        let facts = TreeFacts(
            name: "hysds", destination: "ops/hysds", digest: tree.digest, archiveDigest: other.facts.archiveDigest,
            size: other.facts.size, chunkCount: 1)
        #expect(throws: ReleaseError.self) { try Tree(unpacking: other.chunks[0], facts) }
    }

    @Test func `the difference of two trees names what came, went and changed`() {
        let changed = Tree(
            name: "hysds", destination: "ops/hysds",
            entries: [
                TreeEntry(path: "a.py", content: .file(Array("print(2)\n".utf8))),
                TreeEntry(path: "bin/run", content: .file(Array("#!/bin/sh\n".utf8)), mode: 0o644),
                TreeEntry(path: "bin", content: .directory, mode: 0o755), TreeEntry(path: "new", content: .file([])),
            ])
        let files = TreeDifference(from: tree, to: changed).files
        #expect(files.map(\.path) == ["a.py", "bin/run", "link", "new"])
        #expect(files.map(\.change) == [.changed, .mode, .removed, .added])
        #expect(TreeDifference(from: tree, to: tree).files.isEmpty)
        #expect(TreeDifference(from: nil, to: tree).files.count == 4)
    }
}
