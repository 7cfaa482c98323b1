import Archive
import Testing

@testable import Release

@Suite("What of a tree another state of it lacks")
struct PatchingTests {
    private func tree(_ files: [String: String], executable: Set<String> = []) -> Tree {
        Tree(
            name: "hysds", destination: "ops/hysds",
            entries: files.map { path, text in
                TreeEntry(
                    path: path, content: .file(Array(text.utf8)), mode: executable.contains(path) ? 0o755 : 0o644)
            })
    }

    private func members(_ archive: [UInt8]) throws -> [String] {
        var reader = try ArchiveReader(archive)
        var paths: [String] = []
        while let member = try reader.next() { paths.append(member.entry.path) }
        return paths
    }

    @Test("only what changed, what is new and what got another mode")
    func changes() throws {
        let old = tree(["a": "1", "b": "2", "c": "3", "gone": "x"])
        let new = tree(["a": "1", "b": "two", "c": "3", "new": "n"], executable: ["c"])
        let patch = try new.patch(for: old.manifest, limit: 1 << 20)
        #expect(try members(patch) == [Tree.manifestPath, "b", "c", "new"])
        #expect(try Tree.manifest(atStartOf: patch, digest: new.digest.hex) == new.manifest)
    }

    @Test("a name with a line feed is one entry")
    func lineFeed() throws {
        let old = tree(["a\nb": "1", "c": "2"])
        let patch = try tree(["a\nb": "1", "c": "3"]).patch(for: old.manifest, limit: 1 << 20)
        #expect(try members(patch) == [Tree.manifestPath, "c"])
    }

    @Test("the manifest is read from the beginning of an archive that isn't whole")
    func beginning() throws {
        var text = ""
        for number in 0..<20_000 { text += String(number &* 2_654_435_761, radix: 36) }
        let whole = tree(["a": text])
        let archive = try whole.archive(limit: 1 << 22)
        #expect(
            try Tree.manifest(atStartOf: Array(archive.prefix(archive.count / 2)), digest: whole.digest.hex)
                == whole.manifest)
    }

    @Test("another tree's archive, and none, are refused")
    func refusals() throws {
        let whole = tree(["a": "1"])
        let archive = try whole.archive(limit: 1 << 20)
        let other = String(repeating: "0", count: 64)
        #expect(throws: ReleaseError.self) { try Tree.manifest(atStartOf: archive, digest: other) }
        #expect(throws: ReleaseError.self) { try Tree.manifest(atStartOf: [1, 2, 3], digest: whole.digest.hex) }
    }
}
