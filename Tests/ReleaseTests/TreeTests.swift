import Foundation
import Testing

@testable import Release

@Suite struct TreeTests {
    private func folder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sds-tree-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func write(_ text: String, _ path: String, in folder: URL) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    @Test func `two folders with the same files give the same digest and the same archive`() throws {
        var archives: [[UInt8]] = []
        for order in [["a.py", "b/c.py"], ["b/c.py", "a.py"]] {
            try folder { folder in
                for path in order { try write("print('\(path)')\n", path, in: folder) }
                let tree = try TreeReader.read(name: "hysds", at: folder.path, destination: "ops/hysds")
                archives.append(try tree.archive(limit: 1 << 20))
                #expect(tree.entries.map(\.path) == ["a.py", "b", "b/c.py"])
            }
        }
        #expect(archives[0] == archives[1])
        #expect(Array(archives[0].prefix(2)) == [0x1f, 0x8b])
    }

    @Test(arguments: [
        "[ab]", "a[1].txt", "x\\y", "new\nline", "-dash", "ünïcode 🚀", String(repeating: "n", count: 255),
    ])
    func `unusual names are kept as they are`(name: String) throws {
        try folder { folder in
            try write("content of \(name)", name, in: folder)
            let tree = try TreeReader.read(name: "t", at: folder.path, destination: "")
            #expect(tree.entries.map(\.path) == [name])
            let listed = try JSONDecoder().decode(JSONLine.self, from: Data(tree.manifest.dropLast()))
            #expect(listed.path == name)
        }
    }

    @Test func `version control and bytecode stay out, empty folders and executables stay in`() throws {
        try folder { folder in
            for path in [".git/config", "a/__pycache__/x.pyc", "a/x.pyc", "a/run.sh"] {
                try write("x", path, in: folder)
            }
            try FileManager.default.createDirectory(
                at: folder.appending(path: "empty"), withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path + "/a/run.sh")
            let tree = try TreeReader.read(name: "t", at: folder.path, destination: "")
            #expect(tree.entries.map(\.path) == ["a", "a/run.sh", "empty"])
            #expect(tree.entries[1].mode == 0o755)
        }
    }

    @Test(arguments: ["/etc/passwd", "../outside", "a/../../outside"])
    func `a link out of the tree is refused by name`(target: String) throws {
        try folder { folder in
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: target)
            let error = #expect(throws: ReleaseError.self) {
                try TreeReader.read(name: "t", at: folder.path, destination: "")
            }
            #expect(error?.kind == .escapingLink)
            #expect(error?.path.hasSuffix("/link") == true)
        }
    }

    @Test func `a link within the tree stays a link`() throws {
        try folder { folder in
            try write("x", "a/file", in: folder)
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/a/link", withDestinationPath: "../a/file")
            let tree = try TreeReader.read(name: "t", at: folder.path, destination: "")
            #expect(tree.entries.last?.content == .link(target: "../a/file"))
        }
    }

    @Test func `a pipe is refused by name and a missing folder says which`() throws {
        try folder { folder in
            mkfifo(folder.path + "/pipe", 0o600)
            #expect(throws: ReleaseError.self) { try TreeReader.read(name: "t", at: folder.path, destination: "") }
            let error = #expect(throws: ReleaseError.self) {
                try TreeReader.read(name: "osaka", at: folder.path + "/none", destination: "")
            }
            #expect(error?.kind == .missing)
        }
    }

    @Test func `a tree too large for the cluster says so before anything is sent`() throws {
        var noise: UInt64 = 1
        let bytes = (0..<(8 << 20)).map { _ in
            noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: noise >> 33)
        }
        let tree = Tree(name: "big", destination: "ops/big", entries: [TreeEntry(path: "noise", content: .file(bytes))])
        let error = #expect(throws: ReleaseError.self) { try PackedTree(tree) }
        #expect(error?.kind == .tooLarge)
    }

    @Test func `the release's digest depends on its trees, their places and its links`() throws {
        let tree = try PackedTree(Tree(name: "t", destination: "ops/t", entries: [])).facts
        let moved = try PackedTree(Tree(name: "t", destination: "ops/u", entries: [])).facts
        let link = ReleaseManifest.Link(path: "ops/t/settings.cfg", target: "/sds-secrets/settings.cfg")
        let digests = try [
            ReleaseManifest(trees: [tree], links: []), ReleaseManifest(trees: [moved], links: []),
            ReleaseManifest(trees: [tree], links: [link]),
        ].map(\.digest)
        #expect(Set(digests).count == 3)
    }
}

/// The first member of a manifest's line; the others are of other types.
private struct JSONLine: Decodable {
    let path: String

    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        path = try container.decode(String.self)
    }
}
