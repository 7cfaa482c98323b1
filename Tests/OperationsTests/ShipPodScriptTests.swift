import Foundation
import Testing

@testable import Operations

/// A pod's file system in a folder of its own, with stand-ins for the programs that the script calls.
private struct StandInPod {
    let root: URL
    private let programs: URL

    init(
        initFails: Bool = false,
        state: String = #"{"state":"idle","active":0,"release":"r0","sequence":1,"then":"run"}"#
    )
        throws
    {
        let base = FileManager.default.temporaryDirectory.appending(path: "sds-ship-\(UUID().uuidString)")
        root = base.appending(path: "sds")
        programs = base.appending(path: "bin")
        for folder in [root, programs] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let receipt =
            #"{"release":"'$SDS_RELEASE'","sequence":'$SDS_SEQUENCE',"result":"unpacked","files":1,"bytes":5,"seconds":0.1}"#
        try install(
            "sds-init",
            initFails
                ? "echo 'sds-init: tree a: the joined chunks are short' >&2; exit 1"
                : "ls \"$SDS_CHUNKS\" >'\(base.path)/seen'; echo '\(receipt)'")
        try install("sds-state", "echo '\(state)'")
        try install("sds-drain", "echo \"$@\" >'\(base.path)/drained'")
    }

    private func install(_ name: String, _ text: String) throws {
        let file = programs.appending(path: name)
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    /// What the script says and its exit status.
    func run(_ input: [UInt8], bytes: Int, trees: [String] = []) throws -> (PodAnswer, status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", PodScript.text, "sds-ship", "r1", "2", String(bytes)] + trees
        process.environment = ["PATH": "\(programs.path):/usr/bin:/bin", "SDS_ROOT": root.path]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (PodAnswer(output: String(decoding: output, as: UTF8.self), errors: ""), process.terminationStatus)
    }

    var leftovers: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: root.path) }
    }

    func said(_ name: String) throws -> String {
        try String(contentsOf: root.deletingLastPathComponent().appending(path: name), encoding: .utf8)
    }

    func remove() throws { try FileManager.default.removeItem(at: root.deletingLastPathComponent()) }
}

@Suite("The script that takes a release in a pod")
struct ShipPodScriptTests {
    private let archive = StageArchive([
        .init(name: "release.json", bytes: Array("{}".utf8)), .init(name: "abc.0", bytes: Array("chunk".utf8)),
    ])
    private var stream: [UInt8] { archive.pieces.flatMap { $0 } }

    @Test func `a patch stands for a tree's pieces`() throws {
        let pod = try StandInPod()
        let digest = "0123456789abcdef" + String(repeating: "0", count: 48)
        let patched = StageArchive([
            .init(name: "release.json", bytes: Array("{}".utf8)),
            .init(name: "0123456789abcdef.patch", bytes: Array("patch".utf8)),
        ])
        let (answer, _) = try pod.run(
            patched.pieces.flatMap { $0 }, bytes: patched.size, trees: [digest, "0123456789abcdef.0"])
        if case .missing = answer { Issue.record("the tree is asked for again") }
        try pod.remove()
    }

    @Test func `says which trees the pod lacks and leaves nothing behind`() throws {
        let pod = try StandInPod()
        let manifests = pod.root.appending(path: "releases/one/.sds/manifests")
        try FileManager.default.createDirectory(at: manifests, withIntermediateDirectories: true)
        try Data().write(to: manifests.appending(path: "777"))
        let (answer, status) = try pod.run(stream, bytes: archive.size, trees: ["abc", "abc.0", "def", "def.0"])
        #expect(answer == .missing(trees: ["def"], held: ["777"]))
        #expect(status == 0)
        #expect(try pod.leftovers == ["releases"])
        try pod.remove()
    }

    @Test func `lets sds-init see exactly what was sent, then asks the supervisor to restart between jobs`() throws {
        let pod = try StandInPod()
        let (answer, status) = try pod.run(stream, bytes: archive.size, trees: ["abc", "abc.0"])
        guard case .held(let receipt, let state) = answer else {
            Issue.record("no receipt: \(answer)")
            return
        }
        #expect(receipt.release == "r1" && receipt.sequence == 2 && status == 0)
        #expect(state.sequence == 1)
        #expect(try pod.said("seen").contains("abc.0"))
        #expect(try pod.said("drained") == "--restart\n")
        #expect(try pod.leftovers.isEmpty)
        try pod.remove()
    }

    @Test(arguments: [
        #"{"state":"idle","active":0,"release":"r1","sequence":2,"then":"run"}"#,
        #"{"state":"stopped","active":0,"release":"r0","sequence":1,"then":"hold"}"#,
    ])
    func `leaves a supervisor alone that runs the release or is held down`(state: String) throws {
        let pod = try StandInPod(state: state)
        _ = try pod.run(stream, bytes: archive.size, trees: ["abc", "abc.0"])
        #expect(throws: (any Error).self) { try pod.said("drained") }
        try pod.remove()
    }

    @Test func `tells why sds-init refused`() throws {
        let pod = try StandInPod(initFails: true)
        let (answer, status) = try pod.run(stream, bytes: archive.size, trees: ["abc", "abc.0"])
        #expect(answer == .failed("sds-init: tree a: the joined chunks are short"))
        #expect(status == 1)
        #expect(try pod.leftovers.isEmpty)
        try pod.remove()
    }

    @Test(arguments: [0, 1, 511, 512, 513, 1024, 1536, 2047])
    func `a stream that ends early leaves no stage and gives no receipt`(count: Int) throws {
        let pod = try StandInPod()
        let (answer, status) = try pod.run(Array(stream.prefix(count)), bytes: archive.size, trees: ["abc", "abc.0"])
        guard case .failed = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(status == 1)
        #expect(try pod.leftovers.isEmpty)
        try pod.remove()
    }

    @Test func `sweeps the stage of a script that was killed`() throws {
        let pod = try StandInPod()
        let old = pod.root.appending(path: ".stage-999999999")
        try FileManager.default.createDirectory(at: old, withIntermediateDirectories: false)
        _ = try pod.run(stream, bytes: archive.size, trees: ["def", "def.0"])
        #expect(try pod.leftovers.isEmpty)
        try pod.remove()
    }

    @Test func `garbage is refused by name`() throws {
        let pod = try StandInPod()
        let (answer, _) = try pod.run([UInt8](repeating: 0x5a, count: 3000), bytes: 3000)
        guard case .failed(let text) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(text.hasPrefix("unpacking: "))
        try pod.remove()
    }
}

@Suite("The script's answer")
struct PodAnswerTests {
    @Test(arguments: ["", "receipt {}\nstate {}", "receipt {\"release\":\"\u{1b}[31m\"}\nstate x", "hello"])
    func `anything but a whole receipt is a failure`(output: String) {
        guard case .failed(let text) = PodAnswer(output: output, errors: "") else {
            Issue.record("taken for a receipt")
            return
        }
        #expect(!text.contains("\u{1b}"))
    }
}
