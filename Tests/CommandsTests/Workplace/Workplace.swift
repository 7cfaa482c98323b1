import FakeCluster
import Foundation
import Kubernetes
import Subprocess
import Testing

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// An operator's home with the real program in it, before a fake cluster whose workloads get pods.
struct Workplace: Sendable {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let namespace = "test"
    static let images = """
          images: {hysds/mozart: "r.example.org/mozart@sha256:1", hysds/grq2: "r.example.org/grq2@sha256:2",
            hysds/pele: "r.example.org/pele@sha256:3", hysds/worker: "r.example.org/worker@sha256:4",
            hysds/ui: "r.example.org/ui@sha256:5", hysds/base: "r.example.org/base@sha256:6"}
        """
    static let configuration = """
        VENUE: test
        QUEUES:
          - QUEUE_NAME: test-job_worker-small
            INSTANCE_TYPES: [t3.medium]
        kubernetes:
          namespace: \(namespace)
          profile: single-node
        \(images)
        """

    /// Each runs programs of its own: two at a time are what two cores can do.
    private static let places = Turnstile(2)

    let home: URL
    let cluster: FakeCluster

    static func run<Value: Sendable>(
        configuration: String? = configuration, settings change: (inout FakeClusterSettings) -> Void = { _ in },
        _ body: (Workplace) async throws -> Value
    ) async throws -> Value {
        var settings = FakeClusterSettings()
        settings.runsControllers = true
        settings.namespaces += ["\(namespace)-jobs"]
        change(&settings)
        await places.enter()
        defer { places.leave() }
        return try await FakeCluster.run(settings) { cluster in
            cluster.script(["sh", "-c"], ExecScript(.output(#"{"state":"idle","active":0,"jobs":[]}"#), .exit(0)))
            cluster.script(["sh", "/sds-secrets/ping.sh"], ExecScript(.output("PONG\n"), .exit(0)))
            let home = FileManager.default.temporaryDirectory.appending(path: "sds-home-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: home) }
            let place = Workplace(home: home, cluster: cluster)
            try place.write(place.kubeconfig, to: "kubeconfig")
            if let configuration { try place.write(configuration, to: ".sds/config", mode: 0o600) }
            // Code trees where sdscli had them.
            let mozart = home.appending(path: "mozart")
            try FileManager.default.createDirectory(at: mozart, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                at: mozart.appending(path: "ops"), withDestinationURL: root.appending(path: "Tests/sample/mozart/ops"))
            return try await body(place)
        }
    }

    private var kubeconfig: String {
        let authority = Data(cluster.settings.certificate.certificate).base64EncodedString()
        return """
            apiVersion: v1
            kind: Config
            current-context: fake
            contexts: [{name: fake, context: {cluster: fake, user: tester, namespace: \(Self.namespace)}}]
            clusters: [{name: fake, cluster: {server: "https://127.0.0.1:\(cluster.port)", certificate-authority-data: \(authority)}}]
            users: [{name: tester, user: {token: tester}}]
            """
    }

    // MARK: Files

    func write(_ text: String, to path: String, mode: Int = 0o644) throws {
        let file = home.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: home.appending(path: path).path).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: home.appending(path: path).path)[.posixPermissions] as? Int
    }

    // MARK: Commands

    struct Result: Sendable, CustomStringConvertible {
        var code: Int
        var output: String
        var errors: String
        var description: String { "exit code \(code)\nstdout: \(output.suffix(3000))\nstderr: \(errors.suffix(3000))" }
    }

    private static let program: String = {
        let beside = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "sds").path
        return FileManager.default.isExecutableFile(atPath: beside)
            ? beside : root.appending(path: ".build/debug/sds").path
    }()

    /// Runs `sds`, without a terminal, as a script would.
    func sds(_ line: String, environment: [String: String] = [:]) async throws -> Result {
        try await sds(line.split(separator: " ").map(String.init), environment: environment)
    }

    func sds(_ words: [String], environment: [String: String] = [:]) async throws -> Result {
        try await execute(["/usr/bin/timeout", "-k", "5", "120", Self.program] + words, environment)
    }

    /// Runs `sds` and expects its exit code.
    func expect(_ code: Int, _ line: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let result = try await sds(line)
        #expect(result.code == code, "sds \(line): \(result)", sourceLocation: sourceLocation)
    }

    /// Runs a line of shell with `sds` in its PATH.
    func shell(_ script: String) async throws -> Result {
        try await execute(["/usr/bin/timeout", "-k", "5", "300", "/bin/sh", "-c", script], [:])
    }

    private func execute(_ words: [String], _ more: [String: String]) async throws -> Result {
        let folder = URL(filePath: Self.program).deletingLastPathComponent().path
        var variables = [
            "HOME": home.path, "SDS_SHARE": Self.root.path, "KUBECONFIG": home.appending(path: "kubeconfig").path,
            "PATH": "\(folder):/usr/bin:/bin", "USER": "tester", "LC_ALL": "C.UTF-8",
        ]
        variables.merge(more) { _, new in new }
        let result = try await Subprocess.run(
            .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())),
            environment: .custom(
                Dictionary(
                    uniqueKeysWithValues: variables.compactMap { key, value in
                        Environment.Key(rawValue: key).map { ($0, value) }
                    })),
            workingDirectory: FilePath(home.path), output: .string(limit: 8 << 20), error: .string(limit: 8 << 20))
        let code: Int =
            switch result.terminationStatus {
            case .exited(let code): Int(code)
            case .signaled(let signal): 128 + Int(signal)
            }
        return Result(code: code, output: result.standardOutput, errors: result.standardError)
    }
}
