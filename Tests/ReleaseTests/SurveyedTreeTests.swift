import Archive
import Foundation
import Testing

@testable import Release

@Suite("Trees that an image holds")
struct SurveyedTreeTests {
    private static let files = [
        "setup.py": "setup()\n", "a/b.py": "b\n", "a-b": "", "a.b": "x", "bin/run": "#!/bin/sh\n",
    ]

    private func folder() throws -> ContextFolder {
        let folder = try ContextFolder(Self.files)
        chmod("\(folder.path)/bin/run", 0o755)
        try folder.link("latest", to: "bin/run")
        try folder.write("x", "test/big")
        try folder.write("x", "a/__pycache__/b.pyc")
        return folder
    }

    private func survey(_ folder: ContextFolder) throws -> SurveyedTree {
        try SurveyedTree.read(name: "t", at: folder.path, destination: "ops/t", leavingOut: ["test"])
    }

    private func members(_ packed: PackedTree) throws -> [String] {
        try ContextFolder.paths(packed.chunks.flatMap(\.self))
    }

    @Test func `a survey finds what a release would, and what a packed context holds`() throws {
        let folder = try folder()
        let whole = try TreeReader.read(name: "t", at: folder.path, destination: "ops/t", leavingOut: ["test"])
        let surveyed = try survey(folder)
        #expect(surveyed.manifest == whole.manifest && surveyed.digest == whole.digest)
        var member = folder.member()
        (member.leavingOut, member.surveyedAs) = (["test"], "ops/t")
        let facts = try ContextPacker.pack([member])
        #expect(facts.trees == [surveyed])
        member.surveyedAs = nil
        let plain = try ContextPacker.pack([member])
        #expect(plain.digest == facts.digest && plain.trees.isEmpty)
    }

    @Test func `what the ignore file names is in neither, and secrets are no matter here`() throws {
        let folder = try folder()
        try folder.write("a.b\n", ".containerignore")
        try folder.write("x", ".netrc")
        let paths = try survey(folder).entries.map(\.path)
        #expect(!paths.contains("a.b") && paths.contains(".netrc") && paths.contains("a-b"))
    }

    @Test func `of a tree that is as the image has it only the manifest goes along`() throws {
        let tree = try survey(try folder())
        let packed = try PackedTree(tree, onImageWith: tree.manifest)
        #expect(try members(packed) == [Tree.manifestPath])
        #expect(packed.facts.image == tree.digest && packed.facts.digest == tree.digest)
        #expect(packed.facts.unpackedSize == 8 + 2 + 1 + 10)
        #expect(tree.lack(tree.manifest) == (0, 0))
        let read = try Tree(unpacking: packed.chunks.flatMap(\.self), packed.facts)
        #expect(read.digest == tree.digest)
        #expect(read.entries.first { $0.path == "a.b" }?.content == .elsewhere(size: 1, digest: Digest(of: "x".utf8)))
    }

    @Test func `of one that changed what the image lacks goes along`() throws {
        let folder = try folder()
        let old = try survey(folder)
        try folder.write("B\n", "a/b.py")
        try folder.write("new", "new/file")
        chmod("\(folder.path)/bin/run", 0o644)
        let new = try survey(folder)
        let packed = try PackedTree(new, onImageWith: old.manifest)
        #expect(try members(packed) == [Tree.manifestPath, "a/b.py", "bin/run", "new", "new/file"])
        #expect(packed.facts.image == old.digest && packed.facts.digest == new.digest)
        #expect(new.lack(old.manifest) == (4, 15))
        // Its pieces are not those of the whole tree, which has the same digest.
        let whole = try PackedTree(
            try TreeReader.read(name: "t", at: folder.path, destination: "ops/t", leavingOut: ["test"]))
        #expect(whole.facts.digest == new.digest && whole.facts.objectNames != packed.facts.objectNames)

        let before = try Tree(
            unpacking: try PackedTree(old, onImageWith: old.manifest).chunks.flatMap(\.self),
            try PackedTree(old, onImageWith: old.manifest).facts)
        let after = try Tree(unpacking: packed.chunks.flatMap(\.self), packed.facts)
        #expect(TreeDifference(from: before, to: after).files.map(\.path) == ["a/b.py", "bin/run", "new", "new/file"])
    }

    @Test func `a file that changed since the survey is refused by name`() throws {
        let folder = try folder()
        let old = try survey(folder)
        try folder.write("B\n", "a/b.py")
        let new = try survey(folder)
        try folder.write("C\n", "a/b.py")
        let error = #expect(throws: ReleaseError.self) { try PackedTree(new, onImageWith: old.manifest) }
        #expect(error?.kind == .changedWhileRead && error?.path.hasSuffix("/a/b.py") == true)
    }

    @Test func `what is too much says how to bake it`() throws {
        let folder = try folder()
        let old = try survey(folder)
        try folder.write(Data((0..<8_000_000).map { _ in UInt8.random(in: 0...255) }), "model")
        let error = #expect(throws: ReleaseError.self) {
            try PackedTree(try survey(folder), onImageWith: old.manifest)
        }
        #expect(error?.kind == .tooLarge && error?.hint?.contains("--bake") == true)
    }

    @Test func `a member that its manifest doesn't list so is damage`() throws {
        let folder = try folder()
        let tree = try survey(folder)
        let packed = try PackedTree(tree, onImageWith: try survey(try ContextFolder()).manifest)
        let archive = packed.chunks.flatMap(\.self)
        let other = TreeFacts(
            name: "t", destination: "ops/t", digest: Digest(of: "x".utf8), archiveDigest: packed.facts.archiveDigest,
            size: packed.facts.size, chunkCount: 1, image: tree.digest)
        #expect(throws: ReleaseError.self) { try Tree(unpacking: archive, other) }
        let stranger = TreeEntry(path: "stranger", content: .directory, mode: 0o755)
        #expect(throws: ReleaseError.self) {
            try Tree(name: "t", destination: "", manifest: tree.manifest, members: ["stranger": stranger])
        }
        let changed = TreeEntry(path: "a.b", content: .file([1]))
        #expect(throws: ReleaseError.self) {
            try Tree(name: "t", destination: "", manifest: tree.manifest, members: ["a.b": changed])
        }
        #expect(throws: ReleaseError.self) {
            try Tree(name: "t", destination: "", manifest: Array("[\"a\"]\n".utf8), members: [:])
        }
    }

    @Test func `a release names the state in the image, one without says nothing of it`() throws {
        let tree = try survey(try folder())
        var on = try PackedTree(tree, onImageWith: tree.manifest).facts
        let manifest = try ReleaseManifest(trees: [on], links: [])
        #expect(String(decoding: manifest.json, as: UTF8.self).contains("\"image\":\"\(tree.digest)\",\"name\":\"t\""))
        on.unpackedSize = nil
        #expect(try ReleaseManifest.trees(ofJSON: manifest.json) == [on])
        let whole = TreeFacts(
            name: "t", destination: "ops/t", digest: tree.digest, archiveDigest: tree.digest, size: 1, chunkCount: 1)
        let plain = try ReleaseManifest(trees: [whole], links: [])
        #expect(
            String(decoding: plain.json, as: UTF8.self)
                == "{\"format\":1,\"links\":[],\"trees\":[{\"chunks\":1,\"digest\":\"\(tree.digest)\",\"name\":\"t\","
                + "\"path\":\"ops/t\",\"size\":1,\"tarball\":\"\(tree.digest)\"}]}")
        #expect(try ReleaseManifest.trees(ofJSON: plain.json) == [whole])
    }
}
