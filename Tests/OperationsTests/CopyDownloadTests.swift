import Archive
import Cluster
import Foundation
import Glibc
import Testing

@testable import Operations

@Suite("Copies from pods, by a shell of this machine", .timeLimit(.minutes(5)))
struct CopyDownloadTests {
    @Test func `names, modes, times, links, empty and large files arrive as they are`() async throws {
        let ground = try CopyGround()
        try CopyUploadTests.furnish(ground)
        try CopyGround.shell(
            """
            cd "$1/here/tree" && rm dangling 'long link' deep/up && ln a 'another name'
            chmod 755 shut && mv "$1/here/tree" "$1/pod/tree" && chmod 555 "$1/pod/tree/shut"
            """, [ground.root.path])
        var digests: Set<String?> = []
        for wanted in [CopyReport.Result.copied, .unchanged] {
            let result = try await ground.download("pod/tree", to: "here/tree")
            #expect(result.result == wanted && result.sentFiles == (wanted == .copied ? result.files : 0))
            digests.insert(result.digest)
            #expect(try ground.listing("here/tree") == ground.listing("pod/tree"))
            #expect(try ground.stages("here").isEmpty)
        }
        #expect(digests.count == 1 && digests.first != .some(nil))
        try ground.remove()
    }

    @Test func `a file has one digest wherever it is copied, and so has a folder`() async throws {
        let ground = try CopyGround()
        try ground.write("here/t/d/f", "1")
        try ground.write("here/t/d-e", "2")
        let up = try await ground.upload("here/t", to: "pod/t")
        let down = try await ground.download("pod/t", to: "here/back")
        #expect(up.digest == down.digest && up.digest != nil)
        let file = try await ground.download("pod/t/d/f", to: "here/f")
        #expect(file.digest == "\(ContentDigest(of: Array("1".utf8)))" && file.files == 1)
        #expect(try ground.text("here/f") == "1")
        try ground.remove()
    }

    @Test func `a folder that is there is added to, and nothing else in it is touched`() async throws {
        let ground = try CopyGround()
        try ground.write("pod/t/sub/new", "new")
        try ground.write("pod/t/sub/old", "newer")
        try ground.write("here/t/sub/old", "older")
        try ground.write("here/t/own", "mine")
        _ = try await ground.download("pod/t", to: "here/t")
        #expect(try ground.text("here/t/own") == "mine" && ground.text("here/t/sub/old") == "newer")
        #expect(try ground.text("here/t/sub/new") == "new")
        try ground.remove()
    }

    @Test(arguments: ["pod/none", "pod/t/pipe", "pod/t"])
    func `what isn't there, or can't be copied, is an error and writes nothing`(path: String) async throws {
        let ground = try CopyGround()
        try ground.write("here/x", "good")
        try CopyGround.shell("mkdir \"$1/t\" && mkfifo \"$1/t/pipe\"", [ground.pod])
        await #expect(throws: OperationError.self) { try await ground.download(path, to: "here/x") }
        #expect(try ground.listing("here").contains("./x") && ground.text("here/x") == "good")
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }

    @Test func `nothing is written through a link of this machine`() async throws {
        let ground = try CopyGround()
        try ground.write("pod/t/sub/f", "from the pod")
        try ground.write("pod/f", "from the pod")
        try ground.write("here/elsewhere/f", "mine")
        try CopyGround.shell(
            "cd \"$1\" && mkdir t && ln -s ../elsewhere t/sub && ln -s elsewhere/f f", [ground.here])
        for (path, target) in [("pod/t", "here/t"), ("pod/f", "here/f")] {
            await #expect {
                try await ground.download(path, to: target)
            } throws: {
                ($0 as? OperationError)?.message.contains("is a link here") ?? false
            }
        }
        #expect(try ground.text("here/elsewhere/f") == "mine")
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }

    @Test func `what a killed download left is swept, what one at work has is not`() async throws {
        let ground = try CopyGround()
        try ground.write("pod/f", "1")
        let host = try CopyGround.shell("uname -n").trimmingCharacters(in: .whitespacesAndNewlines)
        try ground.write("here/.sds-copy-\(host)-999999999-1/new", "left")
        try ground.write("here/.sds-copy-\(host)-1-1/new", "at work")
        try ground.write("here/.sds-copy-elsewhere-999999999-1/new", "another machine's")
        _ = try await ground.download("pod/f", to: "here/f")
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: ground.here)) == [
                "f", ".sds-copy-\(host)-1-1", ".sds-copy-elsewhere-999999999-1",
            ])
        try ground.remove()
    }

    @Test func `a stream cut at any byte never replaces what is there`() async throws {
        let ground = try CopyGround()
        try ground.write("pod/t/a", "from the pod")
        try ground.write("pod/t/b", String(repeating: "b", count: 600))
        try ground.write("here/t/a", "good")
        let bytes = try Self.tar(ground.pod + "/t")
        for count in 0..<bytes.count where count % 97 == 0 || (0...1).contains(count % 512) {
            for status in count % 97 == 0 ? [ExecStatus?.none, .exited(0), .exited(2), .failed("gone")] : [.exited(0)] {
                let stream = GivenStream(Array(bytes.prefix(count)), status: status)
                // Only padding may be missing when the pod says that all is well.
                let isWhole = status == .exited(0) && count >= 4096 && count % 512 == 0
                do {
                    _ = try await ground.download("pod/t", to: "here/t", giving: stream)
                    #expect(isWhole, "\(count) bytes, \(String(describing: status))")
                    try ground.write("here/t/a", "good")
                    try FileManager.default.removeItem(atPath: ground.here + "/t/b")
                } catch {
                    #expect(try ground.text("here/t/a") == "good")
                    #expect(!FileManager.default.fileExists(atPath: ground.here + "/t/b"))
                }
            }
        }
        // One that was interrupted may have left what came; the next that is done leaves nothing.
        #expect(try ground.stages("here").count <= 1)
        try await ground.download("pod/t", to: "here/t")
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }

    @Test func `what came otherwise than the pod holds it is a digest mismatch`() async throws {
        let ground = try CopyGround()
        try ground.write("pod/t/a", "what tar read")
        let bytes = try Self.tar(ground.pod + "/t")
        try ground.write("pod/t/a", "written after")
        try ground.write("here/t/a", "good")
        let stream = GivenStream(bytes)
        await #expect {
            try await ground.download("pod/t", to: "here/t", giving: stream)
        } throws: {
            ($0 as? OperationError)?.kind == .mismatch && "\($0)".contains("a: the pod has SHA-256")
        }
        #expect(try ground.text("here/t/a") == "good")
        try ground.remove()
    }

    static func tar(_ folder: String) throws -> [UInt8] {
        let file = folder + ".tar"
        try CopyGround.shell("tar -c -f \"$1\" -C \"$2\" .", [file, folder])
        defer { try? FileManager.default.removeItem(atPath: file) }
        return Array(try Data(contentsOf: URL(filePath: file)))
    }

    @Test(arguments: HostileStream.all)
    func `a hostile stream is refused by name and nothing is written`(stream: HostileStream) async throws {
        let ground = try CopyGround()
        try ground.write("pod/t/f", "x")
        try ground.write("outside", "untouched")
        try CopyGround.shell("mkdir \"$1/t\"", [ground.here])
        let before = try ground.listing(".")
        let given = GivenStream(stream.bytes)
        do {
            _ = try await ground.download("pod/t", to: "here/t", giving: given)
            Issue.record("taken")
        } catch {
            let text = "\(OperationError(error))"
            #expect(text.contains(stream.names), "\(text)")
            #expect(!text.utf8.contains(0x1b))
        }
        #expect(try ground.listing(".") == before)
        try ground.remove()
    }
}

/// A tar stream that no honest pod sends, and what the refusal must name.
struct HostileStream: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let names: String

    private init(_ name: String, names: String, _ members: [Member], tail: [UInt8] = []) {
        testDescription = name
        self.names = names
        bytes = members.flatMap(\.bytes) + [UInt8](repeating: 0, count: 1024) + tail
    }

    struct Member: Sendable {
        var bytes: [UInt8]

        init(
            _ name: String, type: Character = "0", link: String = "", mode: String = "0000644", contents: [UInt8] = [],
            size: String? = nil, raw: [UInt8]? = nil, breaksSum: Bool = false
        ) {
            var block = [UInt8](repeating: 0, count: 512)
            func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
                for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
            }
            func octal(_ number: Int, _ width: Int) -> String {
                let digits = String(number, radix: 8)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            put((raw ?? Array(name.utf8)).prefix(100), at: 0)
            put(mode.utf8, at: 100)
            put(octal(0, 7).utf8, at: 108)
            put(octal(0, 7).utf8, at: 116)
            put((size ?? octal(contents.count, 11)).utf8.prefix(12), at: 124)
            put(octal(0, 11).utf8, at: 136)
            put([UInt8](repeating: 0x20, count: 8), at: 148)
            put(String(type).utf8, at: 156)
            put(link.utf8, at: 157)
            put("ustar\u{0}00".utf8, at: 257)
            put(octal(block.reduce(breaksSum ? 1 : 0) { $0 + Int($1) }, 6).utf8, at: 148)
            block[154] = 0
            block[155] = 0x20
            let padding = (512 - contents.count % 512) % 512
            bytes = block + contents + [UInt8](repeating: 0, count: padding)
        }

        static let top = Member("./", type: "5", mode: "0000755")
        static func folder(_ name: String) -> Member { Member(name, type: "5", mode: "0000755") }
        static func link(_ name: String, to target: String) -> Member { Member(name, type: "2", link: target) }
        static func pax(_ pairs: [(String, String)]) -> Member {
            let text = pairs.map { key, value in
                var length = key.utf8.count + value.utf8.count + 3
                while "\(length)".count + key.utf8.count + value.utf8.count + 3 != length {
                    length = "\(length)".count + key.utf8.count + value.utf8.count + 3
                }
                return "\(length) \(key)=\(value)\n"
            }.joined()
            return Member("PaxHeader", type: "x", contents: Array(text.utf8))
        }
        static func long(_ name: String, type: Character = "L") -> Member {
            Member("././@LongLink", type: type, contents: Array(name.utf8) + [0])
        }
    }

    static let all: [HostileStream] = [
        // CVE-2018-1002100, CVE-2019-11246, CVE-2019-11249: names that lead elsewhere.
        HostileStream("upwards", names: "../outside", [.top, Member("../outside", contents: [1])]),
        HostileStream("upwards at the end", names: "a/..", [.top, .folder("a"), Member("a/..", contents: [1])]),
        HostileStream(
            "upwards in the middle", names: "a/../../outside", [.top, .folder("a"), Member("a/../../outside")]),
        HostileStream("absolute", names: "/etc/x", [.top, Member("/etc/x", contents: [1])]),
        HostileStream("no folder first", names: "../x", [Member("../x", contents: [1])]),
        HostileStream("another file first", names: "a/b", [Member("a/b", contents: [1])]),
        HostileStream("a link first", names: "x", [.link("x", to: "/etc")]),
        // CVE-2019-1002101: a link, then a write through it.
        HostileStream("link out", names: "leads out", [.top, .link("l", to: "/etc"), Member("l/x", contents: [1])]),
        HostileStream("relative link out", names: "../../outside", [.top, .link("l", to: "../../outside")]),
        HostileStream("write through a link", names: "l/x", [.top, .folder("d"), .link("l", to: "d"), Member("l/x")]),
        // CVE-2019-11251: chained links.
        HostileStream("chained links", names: "leads out", [.top, .link("a", to: "."), .link("b", to: "a/..")]),
        HostileStream(
            "chained links deeper", names: "leads out",
            [.top, .folder("d"), .link("d/a", to: ".."), .link("d/b", to: "a/../outside")]),
        // CVE-2021-25743: names that steer the terminal.
        HostileStream("escape in a name", names: "\\x1b", [.top, Member("\u{1b}[31m/../x")]),
        HostileStream("hard link out", names: "/etc/passwd", [.top, Member("h", type: "1", link: "/etc/passwd")]),
        HostileStream("hard link upwards", names: "../outside", [.top, Member("h", type: "1", link: "../outside")]),
        HostileStream("hard link to nothing", names: "h: a hard link", [.top, Member("h", type: "1", link: "none")]),
        HostileStream(
            "hard link to a link", names: "h: a hard link",
            [.top, .link("l", to: "x"), Member("h", type: "1", link: "l")]),
        HostileStream(
            "hard link to a folder", names: "h: a hard link", [.top, .folder("d"), Member("h", type: "1", link: "d")]),
        HostileStream("folder after link", names: "d: it comes twice", [.top, .link("d", to: "x"), .folder("d")]),
        HostileStream("link after folder", names: "d: it comes twice", [.top, .folder("d"), .link("d", to: "x")]),
        HostileStream("twice", names: "f: it comes twice", [.top, Member("f"), Member("./f", contents: [1])]),
        HostileStream("below a file", names: "f/x", [.top, Member("f"), Member("f/x")]),
        HostileStream("without its folder", names: "a/b/c", [.top, Member("a/b/c")]),
        HostileStream("character device", names: "dev", [.top, Member("dev", type: "3")]),
        HostileStream("block device", names: "dev", [.top, Member("dev", type: "4")]),
        HostileStream("pipe", names: "fifo", [.top, Member("fifo", type: "6")]),
        HostileStream("set-user-id", names: "su: it has a set-user-id", [.top, Member("su", mode: "0004755")]),
        HostileStream("set-group-id", names: "sg: it has a set-user-id", [.top, Member("sg", mode: "0002755")]),
        HostileStream(
            "long name upwards", names: "../",
            [.top, .long(String(repeating: "../", count: 60) + "x"), Member("short")]),
        HostileStream(
            "long link out", names: "leads out",
            [.top, .long("/" + String(repeating: "x", count: 200), type: "K"), .link("l", to: "short")]),
        HostileStream("pax name upwards", names: "../outside", [.top, .pax([("path", "../outside")]), Member("ok")]),
        HostileStream(
            "pax link out", names: "leads out", [.top, .pax([("linkpath", "/etc")]), .link("l", to: "ok")]),
        HostileStream(
            "8 GB that don't come", names: "t", [.top, Member("t", size: "77777777777")]),
        HostileStream("bad checksum", names: "archive", [.top, Member("f", breaksSum: true)]),
        HostileStream(
            "a name of 256 bytes", names: "plain", [.top, .long(String(repeating: "n", count: 256)), Member("s")]),
        HostileStream(
            "a path of 5000 bytes", names: "path", [.top, .long(String(repeating: "n/", count: 2500)), Member("s")]),
        HostileStream("empty part", names: "a//b", [.top, .folder("a"), Member("a//b")]),
        HostileStream("a second top", names: "./", [.top, .top]),
        HostileStream(
            "something behind the end", names: "no proper end", [.top, Member("f")], tail: Array("junk".utf8)
        ),
        HostileStream("nothing at all", names: "empty", []),
    ]
}
