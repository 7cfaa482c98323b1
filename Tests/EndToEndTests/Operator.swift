import Foundation

/// An operator with a machine of its own: home, configuration, checkout, and the rights of the shipped Role only.
struct Operator: Sendable {
    @TaskLocal static var current: Operator?

    let laboratory: Laboratory
    let namespace: String
    let home: URL
    let kubectl: Kubectl
    let usesTLS: Bool
    /// Set when what later tests build on is there.
    let marker = Marker()

    var ops: URL { home.appending(path: "mozart/ops") }

    /// An operator of a namespace that doesn't exist yet.
    init(_ laboratory: Laboratory, _ name: String, usesTLS: Bool = false) throws {
        self.laboratory = laboratory
        self.usesTLS = usesTLS
        namespace = "sds-e2e-\(ProcessInfo.processInfo.processIdentifier)-\(name)"
        home = FileManager.default.temporaryDirectory.appending(path: namespace)
        kubectl = Kubectl(kubeconfig: laboratory.kubeconfig, namespace: namespace)
        for folder in [".sds", "mozart", "bin", ".kube", "tmp"] {
            try FileManager.default.createDirectory(
                at: home.appending(path: folder), withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(at: Laboratory.sample.appending(path: "mozart/ops"), to: ops)
        try write(
            """
            #!/bin/sh
            verb=$1; [ $# = 0 ] || shift
            exec "$SDS_E2E_PROGRAM" "$verb" --ops "\(ops.path)" "$@"
            """, to: "bin/sds", mode: 0o755)
    }

    func write(_ text: String, to path: String, mode: Int = 0o600) throws {
        let file = home.appending(path: path)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    func configure(_ settings: SiteSettings) throws {
        try write(settings.text(namespace: namespace, images: laboratory.images), to: ".sds/config")
    }

    var environment: [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return [
            "HOME": home.path, "USER": "e2e", "PATH": home.appending(path: "bin").path + ":" + path,
            "KUBECONFIG": home.appending(path: ".kube/config").path, "SDS_SHARE": laboratory.share,
            "SDS_E2E_PROGRAM": laboratory.program, "LANG": "C.UTF-8", "TMPDIR": home.appending(path: "tmp").path,
        ]
    }

    // MARK: - Verbs

    /// Starts `sds` with these words.
    func start(_ words: String..., input: String? = nil) throws -> Command {
        Journal.say(namespace, "sds \(words.joined(separator: " ")) …")
        return try Command(["sds"] + words, environment: environment, input: input)
    }

    /// Runs `sds` to its end.
    func sds(_ words: String..., input: String? = nil, within limit: Double = 300) async throws -> CommandResult {
        try await sds(words: words, input: input, within: limit)
    }

    func sds(words: [String], input: String? = nil, within limit: Double = 300) async throws -> CommandResult {
        try await run(["sds"] + words, input: input, within: limit)
    }

    /// Runs a bash script that finds `sds` on its path and stops at the first error.
    func script(_ text: String, within limit: Double = 600) async throws -> CommandResult {
        try await run(["bash", "-c", "set -e; " + text], input: nil, within: limit)
    }

    private func run(_ words: [String], input: String?, within limit: Double) async throws -> CommandResult {
        let result = try await Command.run(words, environment: environment, input: input, within: limit)
        let said = words.joined(separator: " ").prefix(120)
        Journal.say(namespace, "\(said): exit code \(result.exitCode), \(String(format: "%.1f", result.seconds)) s")
        if ProcessInfo.processInfo.environment["SDS_E2E_VERBOSE"] != nil { Journal.say(namespace, result.errors) }
        return result
    }
}
