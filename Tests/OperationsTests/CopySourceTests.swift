import Foundation
import Testing

@testable import Operations

@Suite("What is copied, before anything is sent")
struct CopySourceTests {
    @Test(arguments: [
        ("grq2:/tmp/x", CopyPath.inPods(name: "grq2", path: "/tmp/x")), ("a-1:b", .inPods(name: "a-1", path: "b")),
        ("/a:b", .here("/a:b")), ("./a:b", .here("./a:b")), ("x", .here("x")), ("a/b:c", .here("a/b:c")),
        ("pod:/a:b", .inPods(name: "pod", path: "/a:b")),
    ])
    func `a colon before the first slash names pods`(text: String, path: CopyPath) throws {
        #expect(try CopyPath(text) == path)
    }

    @Test(arguments: ["", ":", ":/x", "grq2:", "a b:/x", "ü:/x"])
    func `what is no path is a usage error`(text: String) {
        #expect {
            try CopyPath(text)
        } throws: {
            ($0 as? OperationError)?.kind == .usage
        }
    }

    @Test(arguments: [("a", "b"), ("a:/x", "b:/y")])
    func `exactly one side is in pods`(source: String, destination: String) {
        #expect {
            try Copy(from: source, to: destination, container: nil)
        } throws: {
            ($0 as? OperationError)?.kind == .usage
        }
    }

    @Test func `pipes, sockets and set-id files are refused by name, all at once`() throws {
        let ground = try CopyGround()
        try ground.write("here/t/good", "1")
        try CopyGround.shell(
            """
            cd "$1" && mkfifo 'a pipe' && : >suid && chmod 4755 suid &&
            python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
            """, [ground.here + "/t"])
        do {
            _ = try LocalSource.read(ground.here + "/t")
            Issue.record("read")
        } catch {
            #expect(error.kind == .usage)
            let text = error.causes.joined(separator: "\n")
            for name in ["a pipe: a pipe", "sock: a socket", "suid: it has a set-user-id"] {
                #expect(text.contains(name), "\(text)")
            }
            #expect(!text.contains("good"))
        }
        try ground.remove()
    }

    @Test(arguments: ["/dev/null", "/no/such/file", ""])
    func `what can't be read at all is named`(path: String) {
        #expect {
            try LocalSource.read(path)
        } throws: {
            ($0 as? OperationError)?.kind == .usage
        }
    }

    @Test(arguments: [0, 1, 511, 512, 513, 100_000, 1_050_000])
    func `tar unpacks the layout to the same bytes, whatever the pieces`(size: Int) async throws {
        let ground = try CopyGround()
        try CopyGround.shell("head -c \"$2\" /dev/urandom >\"$1\"", [ground.here + "/f", "\(size)"])
        let source = try LocalSource.read(ground.here + "/f")
        let book = DigestBook(source, known: [nil])
        let stream = PackStream(TarLayout(source.entries, [0]), book)
        var bytes: [UInt8] = []
        for number in 0..<stream.count { bytes += try await stream.piece(number) }
        #expect(bytes.count == stream.layout.size && bytes.count % 512 == 0)
        try Data(bytes).write(to: URL(filePath: ground.pod + "/t.tar"))
        try CopyGround.shell("cd \"$1/pod\" && tar -x -f t.tar && cmp new ../here/f", [ground.root.path])
        if size > 0 {
            #expect(book[0] == ContentDigest(of: Array(try Data(contentsOf: URL(filePath: ground.here + "/f")))))
        }
        try ground.remove()
    }

    @Test(arguments: [-1, 0, 1 << 33, -5_000_000_000, 1 << 40])
    func `times before 1970 and far away survive`(time: Int) throws {
        var entry = CopiedEntry(path: [], kind: .file, mode: 0o644)
        entry.time = time
        let layout = TarLayout([entry], [0])
        let ground = try CopyGround()
        let file = ground.pod + "/t.tar"
        try Data(layout.header(of: entry) + [UInt8](repeating: 0, count: 1024)).write(to: URL(filePath: file))
        let shown = try CopyGround.shell(
            "TZ=UTC tar -t -v --full-time -f \"$1\" 2>/dev/null; TZ=UTC date -d @\"$2\" '+%Y-%m-%d %H:%M:%S'",
            [file, "\(time)"]
        ).split(separator: "\n")
        #expect(shown.count == 2 && shown[0].contains(shown[1]), "\(shown)")
        try ground.remove()
    }

    @Test func `digests are read whatever the tool makes of names`() {
        let entries = ["a", "b\nc", "d\\e", "f\rg", "h"].map {
            CopiedEntry(path: Array($0.utf8), kind: .file, mode: 0o644)
        }
        let list = NameList(entries, Array(entries.indices), top: [])
        let hex = (0..<5).map { "\(ContentDigest(of: [UInt8($0)]))" }
        let escaped =
            "\(hex[0])  ./a\n\\\(hex[1]) *./b\\nc\n\\\(hex[2])  ./d\\\\e\n\\\(hex[3])  ./f\\rg\n\(hex[4])  ./h\n"
        let raw = "\(hex[0])  ./a\n\(hex[1])  ./b\nc\n\(hex[2])  ./d\\e\n\(hex[3])  ./f\rg\n\(hex[4])  ./h\n"
        for text in [escaped, raw] {
            let digests = list.digests(Array(text.utf8))
            #expect(digests.count == 5 && digests[4] == ContentDigest(of: [4]), "\(digests)")
        }
        #expect(list.digests(Array("\(hex[0])  ./a\n\(hex[4])  ./h\n".utf8)).count == 2)
        for text in ["", "x", "\(hex[0])  ./nope\n", "\(hex[0])", String(repeating: "g", count: 64) + "  ./a\n"] {
            #expect(list.digests(Array(text.utf8)).isEmpty)
        }
        let facts = list.facts(Array("81a4 5 -3 ./a\n81a4 7 9 ./b\nc\n".utf8))
        #expect(facts == [0: .init(mode: 0x81a4, size: 5, time: -3), 1: .init(mode: 0x81a4, size: 7, time: 9)])
        #expect(list.facts(Array("81a4 5".utf8)).isEmpty && list.facts(Array("zz 1 1 ./a\n".utf8)).isEmpty)
    }

    @Test func `the memory counts only while nothing changed, and a damaged one not at all`() throws {
        let ground = try CopyGround()
        let folder = ground.root.path + "/memory"
        try ground.write("here/t/a", "1")
        try ground.write("here/t/b", "2")
        let source = try LocalSource.read(ground.here + "/t")
        let book = DigestBook(source, known: source.entries.map { _ in nil })
        try book.computeAll()
        let state = try #require(CopyDigest.state(source.entries, book.all))
        CopyMemory(folder: folder, source: "s").remember(source.entries, book.all, state: state, start: .max / 2)
        #expect(CopyMemory(folder: folder, source: "s").digests(for: source.entries) == book.all)
        #expect(CopyMemory(folder: folder, source: "other").digests(for: source.entries).allSatisfy { $0 == nil })
        // Same size and time, but another inode and change time.
        try FileManager.default.removeItem(atPath: ground.here + "/t/b")
        try ground.write("here/t/b", "3")
        let now = try LocalSource.read(ground.here + "/t")
        let known = CopyMemory(folder: folder, source: "s").digests(for: now.entries)
        #expect(known[1] == book[1] && known[2] == nil)
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        var bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
        for index in [0, 12, bytes.count / 2, bytes.count - 1] {
            bytes[index] ^= 1
            try bytes.write(to: URL(filePath: "\(folder)/\(file)"))
            #expect(CopyMemory(folder: folder, source: "s").digests(for: source.entries).allSatisfy { $0 == nil })
            bytes[index] ^= 1
        }
        // Files that had only just changed are read again.
        CopyMemory(folder: folder, source: "s").remember(
            now.entries, book.all, state: state, start: now.entries[1].stamp.changed)
        #expect(CopyMemory(folder: folder, source: "s").digests(for: now.entries)[1] == nil)
        try ground.remove()
    }
}
