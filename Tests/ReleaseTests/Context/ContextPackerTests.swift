import Archive
import Foundation
import Testing

@testable import Release

@Suite struct ContextPackerTests {
    private let files = [
        "setup.py": "setup()\n", "a/b/c.py": "c\n", "a/run.sh": "#!/bin/sh\n", "a-b": "", "ünïcode": "u",
    ]

    @Test func `the same files give the same bytes, wherever, whenever and whoever packs them`() throws {
        let first = try ContextFolder(files)
        let second = try ContextFolder()
        for name in files.keys.sorted().reversed() { try second.write(files[name] ?? "", name) }
        for folder in [first, second] { chmod("\(folder.path)/a/run.sh", folder === first ? 0o755 : 0o711) }
        // Other times, another owner, other bits.
        for name in files.keys {
            let file = "\(second.path)/\(name)"
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: file)
            if getuid() == 0 { chown(file, 12345, 54321) }
        }
        chmod("\(second.path)/setup.py", 0o600)
        let packed = try [first, second].map { try ContextFolder.packed([$0.member()]) }
        #expect(packed[0].facts == packed[1].facts)
        #expect(packed[0].bytes == packed[1].bytes)
        #expect(packed[0].facts.digest == Digest(of: packed[0].bytes))
        #expect(packed[0].facts.bytes == packed[0].bytes.count)
        #expect(packed[0].facts.files == 5)
    }

    @Test func `one byte, one mode bit and one name each give another digest`() throws {
        let folder = try ContextFolder(files)
        var digests: Set<Digest> = [try ContextPacker.pack([folder.member()]).digest]
        try folder.write("C\n", "a/b/c.py")
        digests.insert(try ContextPacker.pack([folder.member()]).digest)
        chmod("\(folder.path)/setup.py", 0o755)
        digests.insert(try ContextPacker.pack([folder.member()]).digest)
        rename("\(folder.path)/a-b", "\(folder.path)/a-c")
        digests.insert(try ContextPacker.pack([folder.member()]).digest)
        #expect(digests.count == 4)
    }

    @Test func `members are sorted by their places, with the folders above each once`() throws {
        let folder = try ContextFolder(["x.py": "x"])
        let bytes = try ContextFolder.packed([
            folder.member("trees/b"), folder.member("trees/a"),
            ContextMember("Containerfile", .bytes(Array("FROM scratch".utf8)), purpose: "c"),
            ContextMember("empty", .emptyFolder, purpose: "e"),
            ContextMember("d/x.py", .path("\(folder.path)/x.py"), purpose: "x"),
            ContextMember("d/y.py", .path("\(folder.path)/y.py"), purpose: "y", isOptional: true),
        ]).bytes
        let expected = [
            "Containerfile", "d", "d/x.py", "empty", "trees", "trees/a", "trees/a/x.py", "trees/b", "trees/b/x.py",
        ]
        #expect(try ContextFolder.paths(bytes) == expected)
    }

    @Test(arguments: [
        "[ab]", "a[1].txt", "x\\y", "new\nline", "-dash", " space", "ünïcode 🚀", String(repeating: "n", count: 255),
    ])
    func `unusual names are packed as they are`(name: String) throws {
        let folder = try ContextFolder([name: "content", "\(name)-folder".suffix(255) + "/inner": "x"])
        #expect(try folder.paths().contains("t/\(name)"))
    }

    @Test func `a name that is not UTF-8 is refused by name`() throws {
        let folder = try ContextFolder()
        let name = Array("\(folder.path)/bad".utf8) + [0xff, 0]
        name.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { path in
                if let base = path.baseAddress { close(open(base, O_CREAT | O_WRONLY, 0o644)) }
            }
        }
        let error = folder.refusal()
        #expect(error?.kind == .unsupportedName)
        #expect(error?.path.contains("/bad") == true)
    }

    @Test func `a large file comes through whole`() throws {
        let data = Data((0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let folder = try ContextFolder()
        try folder.write(data, "big")
        var reader = try ArchiveReader(try ContextFolder.packed([folder.member("t")]).bytes)
        _ = try reader.next()
        #expect(try reader.next()?.contents == Array(data))
    }

    @Test func `a missing member says what it is for and where it was looked for`() throws {
        let error = #expect(throws: ReleaseError.self) {
            try ContextPacker.pack([ContextMember("d", .path("/nowhere/hysds"), purpose: "the tree 'hysds'")])
        }
        #expect(error?.kind == .missing)
        #expect(error?.path == "/nowhere/hysds")
        #expect(error?.hint?.contains("the tree 'hysds'") == true)
    }

    @Test func `two members for one place are refused`() throws {
        let folder = try ContextFolder(["x": ""])
        for places in [["a", "a"], ["a", "a/b"]] {
            let error = #expect(throws: ReleaseError.self) { try ContextPacker.pack(places.map { folder.member($0) }) }
            #expect(error?.kind == .duplicate)
        }
    }

    @Test func `a full disk is an error`() throws {
        let folder = try ContextFolder()
        try folder.write(Data(repeating: 1, count: 3 << 20), "big")
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        let error = #expect(throws: ReleaseError.self) { try ContextPacker.pack([folder.member()], to: full) }
        #expect(error?.kind == .unwritable)
        #expect(error?.message.contains("space") == true)
    }
}
