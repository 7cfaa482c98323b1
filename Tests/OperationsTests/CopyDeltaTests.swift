import Cluster
import Foundation
import Glibc
import Testing

@testable import Operations

@Suite("Copies from pods of which something is here already", .timeLimit(.minutes(5)))
struct CopyDeltaTests {
    /// A pod's folder of files that don't compress, 4,000 bytes each.
    private func furnish(_ ground: CopyGround, files: Int) throws {
        try CopyGround.shell(
            """
            mkdir -p "$1/pod/t" && cd "$1/pod/t" && for n in $(seq "$2"); do
                mkdir -p "d$((n % 3))" && head -c 4000 /dev/urandom >"d$((n % 3))/f$n" || exit 1
            done
            touch -d @1700000000 */*
            """, [ground.root.path, "\(files)"])
    }

    @Test func `only what differs comes, modes and times are put right, and nothing else is touched`() async throws {
        let ground = try CopyGround()
        try furnish(ground, files: 30)
        try CopyGround.shell("cd \"$1/pod/t\" && ln -s d0 link && ln -s nowhere gone", [ground.root.path])
        try await ground.download("pod/t", to: "here/t")
        try CopyGround.shell(
            """
            cd "$1/pod/t" && printf other >d1/f1 && chmod 600 d2/f2 && touch -d @1600000000 d0/f3
            mkdir new && printf new >new/f && ln -sf d1 link
            cd "$1/here/t" && printf mine >own && printf damaged >d1/f4
            """, [ground.root.path])
        let before = try CopyGround.shell("stat -c %i \"$1/t/d2/f2\"", [ground.here])
        let commands = LocalCommands()
        let result = try await ground.download("pod/t", to: "here/t", commands: commands)
        #expect(result.result == .copied && result.sentFiles == 3 && result.files == 31, "\(result)")
        #expect(result.sentBytes == 5 + 3 + 4000 && commands.commands == 1 && commands.given < 60_000)
        #expect(try CopyGround.shell("stat -c %i \"$1/t/d2/f2\"", [ground.here]) == before)
        #expect(try ground.text("here/t/own") == "mine")
        try FileManager.default.removeItem(atPath: ground.here + "/t/own")
        #expect(try ground.listing("here/t") == ground.listing("pod/t"))
        let again = try await ground.download("pod/t", to: "here/t")
        #expect(again.result == .unchanged && again.sentFiles == 0 && again.digest == result.digest, "\(again)")
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }

    @Test func `a single file that is the same doesn't come, another does`() async throws {
        let ground = try CopyGround()
        try ground.write("pod/a b\n", "content")
        try await ground.download("pod/a b\n", to: "here/f")
        try CopyGround.shell("touch \"$1/f\" && chmod 600 \"$1/f\"", [ground.here])
        for (content, result, files) in [
            ("content", CopyReport.Result.copied, 0), ("content", .unchanged, 0), ("others!", .copied, 1),
        ] {
            try ground.write("pod/a b\n", content)
            let found = try await ground.download("pod/a b\n", to: "here/f")
            #expect(found.result == result && found.sentFiles == files, "\(found)")
            #expect(found.digest == "\(ContentDigest(of: Array(content.utf8)))")
            #expect(
                try CopyGround.shell("stat -c '%a %Y' \"$1/f\"; cat \"$1/f\"", [ground.here])
                    == "644 1700000000\n\(content)")
        }
        try ground.remove()
    }

    @Test func `another name of a file that is here keeps its mode and time`() async throws {
        let ground = try CopyGround()
        try ground.write("pod/t/f", "same", mode: 0o755)
        try ground.write("here/t/f", "same", mode: 0o600, time: 1_600_000_000)
        try CopyGround.shell("ln \"$1/t/f\" \"$1/backup\"", [ground.here])
        let result = try await ground.download("pod/t", to: "here/t")
        #expect(result.sentFiles == 1)
        #expect(
            try CopyGround.shell("stat -c '%a %Y' \"$1/backup\" \"$1/t/f\"", [ground.here])
                == "600 1600000000\n755 1700000000\n")
        try ground.remove()
    }

    @Test func `hard links come as such, also when only some of them are asked for`() async throws {
        let ground = try CopyGround()
        try ground.write("pod/t/a", "one file")
        try CopyGround.shell(
            "cd \"$1/t\" && ln a b && ln a c && mkdir \"$2/t\" && cp -p a \"$2/t/a\"", [ground.pod, ground.here])
        let result = try await ground.download("pod/t", to: "here/t")
        #expect(result.sentFiles == 2)
        #expect(try ground.listing("here/t") == ground.listing("pod/t"))
        try ground.remove()
    }

    @Test(arguments: [40_000, 70_001, 100_123, 150_000])
    func `a download that is cut goes on from what came`(limit: Int) async throws {
        let ground = try CopyGround()
        try furnish(ground, files: 40)
        await #expect(throws: ClusterError.self) {
            try await ground.download("pod/t", to: "here/t", commands: LocalCommands(cutAfter: [limit]))
        }
        #expect(try ground.stages("here").count == 1 && !FileManager.default.fileExists(atPath: ground.here + "/t"))
        // What changed meanwhile, and what is damaged here, comes again.
        try CopyGround.shell(
            """
            file=$(find "$1" -path '*/new/*' -type f | head -n 1) && name=${file##*/new/}
            head -c 4000 /dev/urandom >"$1/../pod/t/$name" && touch -d @1700000001 "$1/../pod/t/$name"
            file=$(find "$1" -path '*/new/*' -type f | sed -n 2p) && head -c 4000 /dev/zero >"$file"
            printf x >"$(find "$1" -name new)/stray" && ln -s /etc "$(find "$1" -name new)/d9"
            """, [ground.here])
        let result = try await ground.download("pod/t", to: "here/t")
        #expect(result.resumedFiles >= limit / 4608 - 6 && result.resumedFiles + result.sentFiles == 40, "\(result)")
        #expect(try ground.listing("here/t") == ground.listing("pod/t"))
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }

    @Test func `cut again and again it comes to its end`() async throws {
        let ground = try CopyGround()
        try furnish(ground, files: 60)
        try CopyGround.shell("head -c 9000000 /dev/urandom >\"$1/t/large\"", [ground.pod])
        var resumed = 0
        for attempt in 1...20 {
            do {
                let result = try await ground.download(
                    "pod/t", to: "here/t", commands: LocalCommands(cutAfter: [2_000_000]))
                resumed = result.resumedFiles
                break
            } catch is ClusterError { #expect(attempt < 20) }
        }
        #expect(resumed > 0)
        #expect(try ground.listing("here/t") == ground.listing("pod/t"))
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }

    @Test(arguments: [false, true])
    func `a large file goes on in its middle, unless it begins otherwise now`(isChanged: Bool) async throws {
        let ground = try CopyGround()
        try CopyGround.shell("head -c 9000000 /dev/urandom >\"$1/large\"", [ground.pod])
        await #expect(throws: ClusterError.self) {
            try await ground.download("pod/large", to: "here/f", commands: LocalCommands(cutAfter: [5_000_000]))
        }
        if isChanged {
            try CopyGround.shell("printf x | dd of=\"$1/large\" conv=notrunc bs=1 seek=1000 status=none", [ground.pod])
        }
        let commands = LocalCommands()
        let result = try await ground.download("pod/large", to: "here/f", commands: commands)
        #expect(
            try ground.listing("here").contains(
                "\(ContentDigest(of: Array(Data(contentsOf: URL(filePath: ground.pod + "/large")))))"))
        #expect(
            isChanged ? result.sentFiles == 1 : result.resumedFiles == 1 && commands.given < 4_500_000,
            "\(result) \(commands.given)")
        #expect(result.sentBytes < (isChanged ? 9_000_001 : 4_300_000))
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }

    @Test func `what was cut for good is swept after a day, what another download left is not`() async throws {
        let ground = try CopyGround()
        try furnish(ground, files: 20)
        try ground.write("pod/f", "1")
        _ = try? await ground.download("pod/t", to: "here/t", commands: LocalCommands(cutAfter: [50_000]))
        try await ground.download("pod/f", to: "here/f")
        #expect(try ground.stages("here").count == 1)
        let result = try await ground.download("pod/t", to: "here/t")
        #expect(result.resumedFiles > 5)
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }

    @Test(arguments: LocalShell.Programs.here)
    func `where the pod's tools can't list, all of it comes`(programs: LocalShell.Programs) async throws {
        let ground = try CopyGround()
        try furnish(ground, files: 9)
        let commands = LocalCommands(programs: programs)
        try await ground.download("pod/t", to: "here/t", commands: commands)
        try ground.write("pod/t/d1/f1", "changed")
        let result = try await ground.download("pod/t", to: "here/t", commands: commands)
        #expect(result.sentFiles == (programs == .busybox ? 9 : 1))
        #expect(try ground.listing("here/t") == ground.listing("pod/t"))
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }

    @Test(arguments: HostileList.all)
    func `a hostile list is refused by name and nothing is written`(list: HostileList) async throws {
        let ground = try CopyGround()
        try ground.write("pod/t/f", "x")
        try ground.write("here/t/f", "x")
        try ground.write("outside", "untouched")
        let before = try ground.listing(".")
        do {
            try await ground.download(
                "pod/t", to: "here/t", commands: LocalCommands(answering: GivenStream(list.bytes, status: .exited(0))))
            Issue.record("taken")
        } catch {
            let text = "\(OperationError(error))"
            #expect(text.contains(list.names), "\(text)")
            #expect(!text.utf8.contains(0x1b))
        }
        #expect(try ground.listing(".") == before)
        try ground.remove()
    }

    @Test func `what was not asked for isn't taken`() async throws {
        let ground = try CopyGround()
        try ground.write("pod/t/f", "x")
        try ground.write("here/t/g", "mine")
        let digest = ContentDigest(of: Array("x".utf8))
        let answers = GivenStream(pieces: [
            Array("ready folder - yes no\n".utf8),
            Array("d 755 0 1.0 .\u{0}\u{0}f 644 1 1.0 ./f\u{0}\u{0}\u{0}0\n".utf8),
            Array("\(digest)  ./f\n\u{0}0\n".utf8),
            HostileStream.Member("./g", contents: [1]).bytes + [UInt8](repeating: 0, count: 1024),
        ])
        await #expect {
            try await ground.download(
                "pod/t", to: "here/t", commands: LocalCommands(answering: answers))
        } throws: {
            "\(OperationError($0))".contains("g: it was not asked for")
        }
        #expect(try ground.text("here/t/g") == "mine")
        #expect(try ground.stages("here").isEmpty)
        try ground.remove()
    }
}

/// A list that no honest pod sends, and what the refusal must name.
struct HostileList: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let names: String

    private init(_ name: String, names: String, _ members: (String, String)...) {
        testDescription = name
        self.names = names
        bytes =
            Array("ready folder - yes no\n".utf8)
            + members.flatMap { Array($0.0.utf8) + [0] + Array($0.1.utf8) + [0] } + Array("\u{0}0\n".utf8)
    }

    private static let top = ("d 755 4096 1.5 .", "")

    static let all = [
        HostileList("upwards", names: "../outside", top, ("f 644 1 1.0 ../outside", "")),
        HostileList(
            "upwards in the middle", names: "a/../..", top, ("d 755 0 1.0 ./a", ""), ("f 644 1 1.0 ./a/../../x", "")),
        HostileList("absolute", names: "/etc/x", top, ("f 644 1 1.0 /etc/x", "")),
        HostileList("no folder first", names: "a/b", ("f 644 1 1.0 ./a/b", "")),
        HostileList("twice", names: "f: it comes twice", top, ("f 644 1 1.0 ./f", ""), ("f 644 1 1.0 ./f", "")),
        HostileList("below a link", names: "l/x", top, ("l 777 1 1.0 ./l", "d"), ("f 644 1 1.0 ./l/x", "")),
        HostileList("without its folder", names: "a/b", top, ("f 644 1 1.0 ./a/b", "")),
        HostileList("link out", names: "leads out", top, ("l 777 1 1.0 ./l", "/etc")),
        HostileList("link upwards", names: "leads out", top, ("l 777 1 1.0 ./l", "../outside")),
        HostileList("device", names: "dev: neither", top, ("c 644 0 1.0 ./dev", "")),
        HostileList("pipe", names: "p: neither", top, ("p 644 0 1.0 ./p", "")),
        HostileList("set-user-id", names: "su: it has a set-user-id", top, ("f 4755 1 1.0 ./su", "")),
        HostileList("escape in a name", names: "\\x1b", top, ("f 644 1 1.0 ./\u{1b}[31m/../x", "")),
        HostileList("garbage", names: "can't be understood", top, ("hello", "")),
        HostileList("a negative size", names: "can't be understood", top, ("f 644 -1 1.0 ./f", "")),
    ]
}
