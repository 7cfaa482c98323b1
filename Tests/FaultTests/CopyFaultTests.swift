import Cluster
import FakeCluster
import Foundation
import Kubernetes
import Operations
import Testing

/// What a pod may do to a copy, and the exit code that must come of it.
struct CopyTrouble: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let script: ExecScript
    let exitCode: Int32

    init(_ name: String, _ exitCode: Int32 = 1, _ steps: ExecScript.Step...) {
        testDescription = name
        var script = ExecScript()
        script.steps = steps
        self.script = script
        self.exitCode = exitCode
    }

    static let content = Array("content".utf8)
    /// Its SHA-256.
    static let digest = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
    private static let hello = ExecScript.Step.output("ready absent - yes no\n")
    private static let ok = ExecScript.Step.output("\u{0}0\n")
    /// Bytes that a client sends for one file of seven bytes: five requests, the archive, one name.
    static let sent =
        "stage\n".utf8.count + "tar 2048\n".utf8.count + 2048 + "hash stage 6\n".utf8.count + 6
        + "commit\n".utf8.count + "end\n".utf8.count

    /// A pod that does all of it.
    static let honest: [ExecScript.Step] = [
        hello, ok, ok, .output("\(digest)  ./new\n"), ok, ok, .take(bytes: sent), .exit(0),
    ]

    static let upload: [CopyTrouble] = [
        CopyTrouble("no shell", 1, .fail("exec: \"sh\": executable file not found in $PATH: unknown")),
        CopyTrouble("no tar", 1, .output("missing tar\n"), .exit(1)),
        CopyTrouble("a clean end before any word", 1, .exit(0)),
        CopyTrouble("a clean end without a status", 1, hello, .endWithoutStatus),
        CopyTrouble("killed", 1, hello, ok, .exit(137)),
        CopyTrouble("garbage for a greeting", 1, .output("Welcome to Alpine!\n"), .exit(0)),
        CopyTrouble("endless garbage", 1, .fill(bytes: 1 << 20), .exit(0)),
        CopyTrouble("garbage for an answer", 1, hello, .output("hello\u{0}world\n"), .exit(0)),
        CopyTrouble("no end of an answer", 1, hello, .output("\u{0}"), .fill(bytes: 1 << 20), .exit(0)),
        CopyTrouble("a reset at the greeting", 1, .cut(reset: true)),
        CopyTrouble(
            "a full disk at the stage", 1, hello, .output("mkdir: No space left on device\u{0}1\n"), .take(bytes: 6),
            .exit(0)),
        CopyTrouble(
            "a full disk while unpacking", 1, hello, ok, .output("tar: new: Cannot write: No space left\n\u{0}2\n"),
            .take(bytes: 6 + 9 + 2048), .exit(0)),
        CopyTrouble(
            "a wrong digest", 6, hello, ok, ok, .output(String(repeating: "0", count: 64) + "  ./new\n"), ok,
            .take(bytes: sent - "commit\n".utf8.count), .exit(0)),
        CopyTrouble("no digest", 6, hello, ok, ok, ok, .take(bytes: sent - "commit\n".utf8.count), .exit(0)),
        CopyTrouble(
            "a read-only folder at the end", 1, hello, ok, ok, .output("\(digest)  ./new\n"), ok,
            .output("mv: Read-only file system\u{0}1\n"), .take(bytes: sent), .exit(0)),
        CopyTrouble(
            "everything right but the last word", 1, hello, ok, ok, .output("\(digest)  ./new\n"), ok, ok,
            .take(bytes: sent), .endWithoutStatus),
        CopyTrouble(
            "everything right but the status", 1, hello, ok, ok, .output("\(digest)  ./new\n"), ok, ok,
            .take(bytes: sent), .exit(1)),
    ]

    static let download: [CopyTrouble] = [
        CopyTrouble("no shell", 1, .fail("exec: \"sh\": executable file not found in $PATH: unknown")),
        CopyTrouble("nothing, and success", 1, .exit(0)),
        CopyTrouble("garbage, and success", 1, .output(String(repeating: "no archive", count: 200)), .exit(0)),
        CopyTrouble("endless garbage", 1, .fill(bytes: 4 << 20), .exit(0)),
        CopyTrouble("a reset", 1, .output("./"), .cut(reset: true)),
        CopyTrouble("a clean end without a status", 1, .output("./"), .endWithoutStatus),
        CopyTrouble("not there", 1, .errors("no such file or folder\n"), .exit(1)),
        CopyTrouble("silently skipped files", 1, .errors("tar: ./s: socket ignored\n"), .exit(0)),
    ]
}

@Suite("Copies to and from pods that misbehave", .timeLimit(.minutes(3)))
struct CopyFaultTests {
    private static let workload = "factotum-job-worker-small"

    /// A cluster with these pods of a worker, and a folder with a file of seven bytes.
    private func run(
        _ pods: [String: [ExecScript.Step]], _ body: (System, URL) async throws -> Void
    ) async throws {
        try await System.run { system in
            for (name, steps) in pods {
                try system.cluster.create(
                    [
                        "apiVersion": "v1", "kind": "Pod",
                        "metadata": [
                            "name": .string(name),
                            "labels": [
                                "app.kubernetes.io/part-of": "hysds",
                                "app.kubernetes.io/name": .string(Self.workload),
                            ],
                        ],
                        "spec": ["containers": [["name": "main", "image": "busybox"]]],
                    ], namespace: System.namespace)
                var script = ExecScript()
                script.steps = steps
                system.cluster.script(["sh", "-c"], pod: name, script)
            }
            let folder = FileManager.default.temporaryDirectory.appending(path: "sds-copy-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try Data(CopyTrouble.content).write(to: folder.appending(path: "f"))
            try await body(system, folder)
        }
    }

    private func upload(_ system: System, _ folder: URL, to name: String = workload) async throws -> CopyReport {
        try await Copy(from: folder.appending(path: "f").path, to: "\(name):/tmp/f", container: nil)(
            system.session("copy")
        ) { _ in }
    }

    @Test("A pod that answers as it should has it")
    func honest() async throws {
        try await run(["good": CopyTrouble.honest]) { system, folder in
            let report = try await upload(system, folder)
            #expect(report.error == nil, "\(report)")
            #expect(system.cluster.object(.configMap, "sds-journal") != nil, "the history has a line of it")
            #expect(report.pods.first?.digest == CopyTrouble.digest)
        }
    }

    @Test("No trouble of a pod is taken for success, and it is named", arguments: CopyTrouble.upload)
    func upload(trouble: CopyTrouble) async throws {
        try await run(["bad": trouble.script.steps]) { system, folder in
            let report = try await upload(system, folder, to: "bad")
            #expect(report.error?.exitCode == trouble.exitCode, "\(report)")
            #expect(report.error?.message.contains("bad") == true)
        }
    }

    @Test("Others are done all the same: exit code 7 names the one that failed", arguments: CopyTrouble.upload)
    func isolation(trouble: CopyTrouble) async throws {
        let pods = ["bad": trouble.script.steps, "good-1": CopyTrouble.honest, "good-2": CopyTrouble.honest]
        try await run(pods) { system, folder in
            let report = try await upload(system, folder)
            #expect(report.error?.exitCode == 7, "\(report)")
            #expect(report.failures.map(\.pod) == ["bad"])
            #expect(report.error?.causes.first?.hasPrefix("bad: ") == true)
        }
    }

    @Test("A stream that closes at any byte is a failure", arguments: [false, true])
    func cuts(reset: Bool) async throws {
        try await run([:]) { system, folder in
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<25 {
                let place = Int.random(in: 0..<CopyTrouble.sent, using: &generator)
                let name = "pod-\(place)-\(Int.random(in: 0..<1_000_000, using: &generator))"
                try system.cluster.createPod(name, namespace: System.namespace)
                var script = ExecScript()
                script.steps = CopyTrouble.honest.dropLast(2) + [.take(bytes: place), .cut(reset: reset)]
                system.cluster.script(["sh", "-c"], pod: name, script)
                let report = try await upload(system, folder, to: name)
                #expect(report.error?.exitCode == 1, "cut at \(place) of \(CopyTrouble.sent): \(report)")
            }
        }
    }

    @Test("A download that goes wrong leaves the good file alone", arguments: CopyTrouble.download)
    func download(trouble: CopyTrouble) async throws {
        try await run(["bad": trouble.script.steps]) { system, folder in
            let report = try await Copy(from: "bad:/tmp/f", to: folder.appending(path: "f").path, container: nil)(
                system.session("copy")
            ) { _ in }
            #expect(report.error?.exitCode == trouble.exitCode, "\(report)")
            #expect(try Array(Data(contentsOf: folder.appending(path: "f"))) == CopyTrouble.content)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["f"])
        }
    }

    @Test("Several pods need a folder: a single file as a target is refused before anything is asked for")
    func severalToOne() async throws {
        try await run(["a": CopyTrouble.honest, "b": CopyTrouble.honest]) { system, folder in
            do {
                _ = try await Copy(
                    from: "\(Self.workload):/tmp/f", to: folder.appending(path: "f").path, container: nil)(
                        system.session("copy")
                    ) { _ in }
                Issue.record("taken")
            } catch let error as OperationError {
                #expect(error.exitCode == 2 && error.message.contains("2 pods"), "\(error)")
            }
        }
    }

    @Test("A name that means nothing, a container that isn't there: exit code 2, with what there is")
    func unknown() async throws {
        try await run(["a": CopyTrouble.honest]) { system, folder in
            let source = folder.appending(path: "f").path
            for (copy, hint) in [
                (try Copy(from: source, to: "nope:/tmp/f", container: nil), Self.workload),
                (try Copy(from: source, to: "a:/tmp/f", container: "nope"), "main"),
            ] {
                do {
                    _ = try await copy(system.session("copy")) { _ in }
                    Issue.record("taken")
                } catch {
                    let error = OperationError(error)
                    #expect(error.exitCode == 2 && error.hint?.contains(hint) == true, "\(error)")
                }
            }
        }
    }
}
