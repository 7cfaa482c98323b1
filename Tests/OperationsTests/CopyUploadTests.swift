import Foundation
import Glibc
import Testing

@testable import Operations

@Suite("Copies into pods, by a shell of this machine", .timeLimit(.minutes(5)))
struct CopyUploadTests {
    /// Every kind of name, mode and member that the field's tools fall over.
    static func furnish(_ ground: CopyGround) throws {
        let names = [
            "a", "b", "[ab]", "a[1].txt", "x\\y", "new\nline", "-dash", "-rf", "--", "*", "?", " space ", "tab\t",
            "ünïcode 🚀", "'quote\"", "$HOME", "`id`", ".hidden", "..data", "\r", "\u{1b}[31m", "%s%n", "~",
            String(repeating: "n", count: 255), "deep/" + String(repeating: "d/", count: 60) + "file",
            String(repeating: "l", count: 200) + "/" + String(repeating: "m", count: 200),
        ]
        for (index, name) in names.enumerated() {
            try ground.write("here/tree/\(name)", "content of \(index)", mode: index % 2 == 0 ? 0o755 : 0o640)
        }
        try ground.write("here/tree/empty", "", time: 1)
        try ground.write("here/tree/odd modes/read only", "r", mode: 0o444)
        try ground.write("here/tree/odd modes/write only", "w", mode: 0o200)
        try ground.write("here/tree/odd modes/none", "", mode: 0)
        try ground.write("here/tree/shut/inside", "x")
        try CopyGround.shell(
            """
            cd "$1" && mkdir 'empty folder' && printf x >"$(printf 'bad\\377\\376name')"
            ln -s a link && ln -s /nowhere dangling && ln -s loop loop && ln -s ../.. 'deep/up'
            ln -s "$(printf '%0300d' 0)" 'long link' && mkdir "$(printf 'dir\\n')" && : >"$(printf 'dir\\n')/f"
            head -c 1500000 /dev/urandom >large && chmod 555 shut
            """, [ground.here + "/tree"])
    }

    @Test(arguments: LocalShell.Programs.here)
    func `names, modes, times, links, empty and large files arrive as they are`(
        programs: LocalShell.Programs
    ) async throws {
        let ground = try CopyGround()
        try Self.furnish(ground)
        let result = try await ground.upload("here/tree", to: "pod/tree", programs: programs)
        #expect(result.result == .copied && result.sentFiles == result.files)
        #expect(try ground.listing("pod/tree") == ground.listing("here/tree"))
        #expect(try ground.stages().isEmpty)
        let again = try await ground.upload("here/tree", to: "pod/tree", programs: programs)
        #expect(again.sentFiles == 0 && again.digest == result.digest)
        #expect(try ground.listing("pod/tree") == ground.listing("here/tree"))
        #expect(try ground.stages().isEmpty)
        try ground.remove()
    }

    @Test(arguments: LocalShell.Programs.here)
    func `only what changed is sent, and what is there besides stays`(programs: LocalShell.Programs) async throws {
        let ground = try CopyGround()
        for index in 0..<30 { try ground.write("here/t/d\(index % 3)/f\(index)", "\(index)") }
        _ = try await ground.upload("here/t", to: "pod/t", programs: programs)
        try ground.write("pod/t/d0/own", "the pod's own")
        try ground.write("here/t/d1/f1", "X", mode: 0o600)
        try ground.write("here/t/new/f", "new")
        try ground.write("here/t/d2/f2", "2", time: 1_600_000_000)
        try ground.write("here/t/d2/f5", "5", mode: 0o755)
        let before = try CopyGround.shell("stat -c %i \"$1\"", [ground.pod + "/t/d0/f3"])
        let result = try await ground.upload("here/t", to: "pod/t", programs: programs)
        #expect(result.sentFiles == 2 && result.sentBytes == 4 && result.result == .copied)
        #expect(try CopyGround.shell("stat -c %i \"$1\"", [ground.pod + "/t/d0/f3"]) == before)
        #expect(try ground.text("pod/t/d0/own") == "the pod's own")
        try FileManager.default.removeItem(atPath: ground.pod + "/t/d0/own")
        #expect(try ground.listing("pod/t") == ground.listing("here/t"))
        try ground.remove()
    }

    @Test func `what the pod damaged is found, also with the same size and time`() async throws {
        let ground = try CopyGround()
        let memory = CopyMemory(folder: ground.root.path + "/memory", source: "s")
        try ground.write("here/t/a", "right")
        _ = try await ground.upload("here/t", to: "pod/t", memory: memory, key: "k")
        let second = CopyMemory(folder: ground.root.path + "/memory", source: "s")
        #expect(second.knows("k"))
        try ground.write("pod/t/a", "wrong")
        let result = try await ground.upload("here/t", to: "pod/t", memory: second, key: "k")
        #expect(result.sentFiles == 1)
        #expect(try ground.text("pod/t/a") == "right")
        try ground.remove()
    }

    @Test func `an unchanged copy costs a few bytes, one changed file costs that file`() async throws {
        let ground = try CopyGround()
        let folder = ground.root.path + "/memory"
        for index in 0..<300 { try ground.write("here/t/d\(index % 7)/f\(index)", String(repeating: "x", count: 900)) }
        _ = try await ground.upload(
            "here/t", to: "pod/t", memory: CopyMemory(folder: folder, source: "s"), key: "k")
        var written = 0
        let unchanged = try await ground.upload(
            "here/t", to: "pod/t", memory: CopyMemory(folder: folder, source: "s"), key: "k"
        ) { written = $0 }
        #expect(unchanged.result == .unchanged && written == 0, "\(written)")
        try ground.write("here/t/d1/f1", "changed")
        let one = try await ground.upload(
            "here/t", to: "pod/t", memory: CopyMemory(folder: folder, source: "s"), key: "k"
        ) { written = $0 }
        #expect(one.sentFiles == 1 && written < 5000, "\(written)")
        #expect(try ground.listing("pod/t") == ground.listing("here/t"))
        let last = try await ground.upload(
            "here/t", to: "pod/t", memory: CopyMemory(folder: folder, source: "s"), key: "k"
        ) { written = $0 }
        #expect(last.result == .unchanged && written == 0, "\(written)")
        try ground.remove()
    }

    @Test(arguments: [
        ("here/f", "pod/new", "pod/new"), ("here/f", "pod/", "pod/f"), ("here/f", "pod", "pod/f"),
        ("here/f", "pod/a/b/new", "pod/a/b/new"), ("here/f", "pod/a/", "pod/a/f"), ("here/f", "pod/old", "pod/old"),
    ])
    func `a file gets the name that was given, or its own in a folder`(
        source: String, target: String, place: String
    ) async throws {
        let ground = try CopyGround()
        try ground.write("here/f", "the file", mode: 0o750)
        try ground.write("pod/old", "older")
        for _ in 0..<2 {
            let result = try await ground.upload(source, to: target)
            #expect(result.digest == "\(ContentDigest(of: Array("the file".utf8)))")
        }
        #expect(try ground.text(place) == "the file")
        #expect(try CopyGround.shell("stat -c '%a %Y' \"$1/\(place)\"", [ground.root.path]) == "750 1700000000\n")
        try ground.remove()
    }

    @Test func `a folder is the copy itself, or gets into one with a slash, however often`() async throws {
        let ground = try CopyGround()
        try ground.write("here/t/f", "1")
        for _ in 0..<2 {
            _ = try await ground.upload("here/t", to: "pod/there")
            _ = try await ground.upload("here/t", to: "pod/into/")
        }
        #expect(try ground.text("pod/there/f") == "1" && ground.text("pod/into/t/f") == "1")
        #expect(!FileManager.default.fileExists(atPath: ground.pod + "/there/t"))
        try ground.remove()
    }

    @Test(arguments: [
        ("here/t", "pod/file"), ("here/f", "pod/dir/"), ("here/t", "pod/mixed"), ("here/t", "pod/linked"),
    ])
    func `what can't become the copy is refused by name before anything is sent`(
        source: String, target: String
    ) async throws {
        let ground = try CopyGround()
        try ground.write("here/t/sub/f", "1")
        try ground.write("here/f", "1")
        try ground.write("pod/file", "a file")
        try ground.write("pod/dir/f/x", "a folder where the file shall be")
        try ground.write("pod/mixed/sub", "a file where a folder shall be")
        try CopyGround.shell("mkdir \"$1/linked\" && ln -s /tmp \"$1/linked/sub\"", [ground.pod])
        let before = try ground.listing("pod")
        await #expect(throws: OperationError.self) { try await ground.upload(source, to: target) }
        #expect(try ground.listing("pod") == before)
        try ground.remove()
    }

    @Test func `a dry run touches nothing`() async throws {
        let ground = try CopyGround()
        try ground.write("here/t/f", "1234")
        let result = try await ground.upload("here/t", to: "pod/t", isDryRun: true)
        #expect(result.result == .planned && result.sentBytes == 4)
        #expect(try ground.listing("pod").isEmpty)
        try ground.remove()
    }

    @Test(arguments: LocalShell.Programs.here)
    func `a client that dies at any byte changes nothing, and the next copy goes on from there`(
        programs: LocalShell.Programs
    ) async throws {
        let ground = try CopyGround()
        try ground.write("here/t/a", "A")
        try ground.write("here/t/d/b", String(repeating: "b", count: 700))
        func begin() throws {
            try CopyGround.shell("rm -rf \"$1\"/* \"$1\"/.[!.]*", [ground.pod])
            try ground.write("pod/t/a", "the old one")
        }
        try begin()
        var total = 0
        _ = try await ground.upload("here/t", to: "pod/t", programs: programs) { total = $0 }
        #expect(total > 3000)
        // Every byte of the first and the last requests, and those around each block of the archive.
        let places = (0..<total).filter { $0 < 60 || total - $0 < 40 || (0...2).contains($0 % 512) }
        for (number, limit) in places.enumerated() {
            try begin()
            do {
                _ = try await ground.upload("here/t", to: "pod/t", programs: programs, limit: limit)
                Issue.record("cut at \(limit) of \(total) was taken for done")
            } catch {}
            let now = try CopyGround.shell(
                "cd \"$1\" && find . -name '.sds-copy-*' -prune -o -type f -exec cat {} +", [ground.pod + "/t"])
            // Old or new as a whole: one that is cut behind the commit is done, though nobody knows.
            #expect(now == "the old one" || Set(now) == ["A", "b"], "at \(limit): \(now)")
            #expect(try ground.stages().count <= 1)
            guard number % 7 == 0 else { continue }
            _ = try await ground.upload("here/t", to: "pod/t", programs: programs)
            #expect(try ground.listing("pod/t") == ground.listing("here/t"))
            #expect(try ground.stages().isEmpty)
        }
        try ground.remove()
    }

    @Test func `files that a cut copy brought are not sent again, damaged ones are`() async throws {
        let ground = try CopyGround()
        for name in ["a", "b", "c"] { try ground.write("here/t/\(name)", String(repeating: name, count: 5000)) }
        _ = try? await ground.upload("here/t", to: "pod/t", limit: 530 + 2 * 5632 + 3000)
        let stage = try #require(try ground.stages().first)
        try Data(repeating: 0x5a, count: 5000).write(to: URL(filePath: stage + "/new/b"))
        try CopyGround.shell("touch -d @1700000000 \"$1\"", [stage + "/new/b"])
        let result = try await ground.upload("here/t", to: "pod/t")
        #expect(result.resumedFiles == 1 && result.sentFiles == 2, "\(result)")
        #expect(try ground.listing("pod/t") == ground.listing("here/t"))
        #expect(try ground.stages().isEmpty)
        try ground.remove()
    }

    @Test func `the stage of a copy of something else is swept, that of one at work is not`() async throws {
        let ground = try CopyGround()
        try ground.write("here/f", "1")
        try ground.write("pod/.sds-copy-pod-0-0123456789abcdef-999999999/new/x", "left")
        try ground.write("pod/.sds-copy-pod-9-0123456789abcdef-999999999/new/x", "another pod's")
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", ": sds-copy\nread -r line", "sds-copy"]
        process.standardInput = Pipe()
        try process.run()
        try ground.write("pod/.sds-copy-pod-0-0123456789abcdef-\(process.processIdentifier)/new/x", "at work")
        _ = try await ground.upload("here/f", to: "pod/f")
        #expect(
            Set(try ground.stages().map { ($0 as NSString).lastPathComponent }) == [
                ".sds-copy-pod-9-0123456789abcdef-999999999",
                ".sds-copy-pod-0-0123456789abcdef-\(process.processIdentifier)",
            ])
        process.terminate()
        try ground.remove()
    }

    @Test(arguments: ["tar", "xargs", "sha256sum", "mv"])
    func `a program that the container lacks is named`(name: String) async throws {
        let ground = try CopyGround()
        try ground.write("here/f", "1")
        let programs = ground.root.path + "/bin"
        try CopyGround.shell(
            """
            mkdir "$1" && for tool in sh cat chmod head mkdir mv rm tar xargs sha256sum stat; do
                [ "$tool" = "$2" ] || ln -s "$(command -v "$tool")" "$1/$tool"
            done
            """, [programs, name])
        await #expect {
            try await ground.upload("here/f", to: "pod/f", path: programs)
        } throws: { error in
            (error as? OperationError)?.message.hasPrefix("the container lacks \(name)") ?? false
        }
        #expect(try ground.listing("pod").isEmpty)
        try ground.remove()
    }

    @Test func `without stat and find everything is sent, each time, and right`() async throws {
        let ground = try CopyGround()
        try ground.write("here/t/d/f", "1")
        let programs = ground.root.path + "/bin"
        try CopyGround.shell(
            """
            mkdir "$1" && for tool in sh cat chmod head mkdir mv rm tar xargs sha256sum; do
                ln -s "$(command -v "$tool")" "$1/$tool"
            done
            """, [programs])
        for _ in 0..<2 {
            let result = try await ground.upload("here/t", to: "pod/t", path: programs)
            #expect(result.sentFiles == 1)
        }
        #expect(try ground.listing("pod/t") == ground.listing("here/t"))
        try ground.remove()
    }

    @Test func `tar that fails is told in its own words, and the stage is gone`() async throws {
        let ground = try CopyGround()
        try ground.write("here/f", "1")
        let programs = ground.root.path + "/bin"
        try CopyGround.shell(
            """
            mkdir "$1" && for tool in sh cat chmod head mkdir mv rm xargs sha256sum stat; do
                ln -s "$(command -v "$tool")" "$1/$tool"
            done
            printf '#!/bin/sh\\necho "tar: new: Cannot write: No space left on device"; exit 2\\n' >"$1/tar"
            chmod +x "$1/tar"
            """, [programs])
        await #expect {
            try await ground.upload("here/f", to: "pod/f", path: programs)
        } throws: { error in
            (error as? OperationError)?.message.contains("No space left on device") ?? false
        }
        #expect(try ground.listing("pod").isEmpty)
        try ground.remove()
    }

    @Test func `tar that writes something else is a digest mismatch, and nothing is put in place`() async throws {
        let ground = try CopyGround()
        try ground.write("here/f", "right")
        try ground.write("pod/f", "older")
        let programs = ground.root.path + "/bin"
        try CopyGround.shell(
            """
            mkdir "$1" && for tool in sh cat chmod head mkdir mv rm xargs sha256sum stat; do
                ln -s "$(command -v "$tool")" "$1/$tool"
            done
            printf '#!/bin/sh\\nfor last; do :; done\\nprintf wrong >"$last/new"\\n' >"$1/tar"
            chmod +x "$1/tar"
            """, [programs])
        await #expect {
            try await ground.upload("here/f", to: "pod/f", path: programs)
        } throws: { error in
            (error as? OperationError)?.kind == .mismatch
        }
        #expect(try ground.text("pod/f") == "older")
        #expect(try ground.stages().isEmpty)
        try ground.remove()
    }

    @Test func `a file that changes while it is copied is named, and no pod takes it`() async throws {
        let ground = try CopyGround()
        try ground.write("here/f", "1")
        let source = try LocalSource.read(ground.here + "/f")
        try ground.write("here/f", "2", time: 1_700_000_001)
        let book = DigestBook(source, known: [nil])
        let upload = Upload(
            book: book, shelf: PackShelf(book), target: ground.pod + "/f", into: .maybe, isDryRun: false, memory: nil)
        let shell = try LocalShell(upload.command(pod: "p", key: nil, identity: upload.makeIdentity()))
        var result = CopyReport.Pod(pod: "p", workload: nil, container: nil)
        do {
            try await upload(over: shell, key: nil, &result)
            Issue.record("taken for done")
        } catch {
            #expect("\(error)".contains("here/f: it changed while it was copied"))
        }
        shell.leave()
        #expect(!FileManager.default.fileExists(atPath: ground.pod + "/f"))
        try ground.remove()
    }

    @Test func `many pods at once share what is packed`() async throws {
        let ground = try CopyGround()
        try CopyGround.shell("head -c 9000000 /dev/urandom >\"$1\"", [ground.here + "/large"])
        let source = try LocalSource.read(ground.here + "/large")
        let book = DigestBook(source, known: [nil])
        let shelf = PackShelf(book)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let upload = Upload(
                        book: book, shelf: shelf, target: ground.pod + "/p\(number)/large", into: .maybe,
                        isDryRun: false, memory: nil)
                    let shell = try LocalShell(
                        upload.command(pod: "p", key: nil, identity: upload.makeIdentity()))
                    var result = CopyReport.Pod(pod: "p", workload: nil, container: nil)
                    defer { shell.leave() }
                    try await upload(over: shell, key: nil, &result)
                }
            }
            try await group.waitForAll()
        }
        let digests = try CopyGround.shell(
            "cat \"$1\"/*/large | head -c 0; sha256sum \"$1\"/*/large | cut -c1-64 | sort -u", [ground.pod])
        #expect(digests == "\(try book.digest(of: 0))\n")
        try ground.remove()
    }
}
