import Foundation

/// kubectl as cluster administrator: the independent witness of what `sds` did, and the hand that breaks things.
struct Kubectl: Sendable {
    let kubeconfig: String
    let namespace: String

    private var environment: [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["KUBECONFIG"] = kubeconfig
        return environment
    }

    func run(_ words: [String], input: String? = nil, within limit: Double = 60) async throws -> CommandResult {
        try await Command.run(
            ["kubectl", "-n", namespace] + words, environment: environment, input: input, within: limit)
    }

    /// Stdout of a command that must succeed.
    @discardableResult
    func callAsFunction(_ words: String..., input: String? = nil, within limit: Double = 60) async throws -> String {
        let result = try await run(words, input: input, within: limit)
        guard result.exitCode == 0 else {
            throw Command.Failure(description: "kubectl \(words.joined(separator: " ")): \(result)")
        }
        return result.output
    }

    /// Names of the pods of a workload (or of all) that are not on their way out.
    func pods(_ workload: String? = nil) async throws -> [String] {
        let selector = workload.map { ["-l", "app.kubernetes.io/name=\($0)"] } ?? []
        let result = try await run(
            ["get", "pods"] + selector + [
                "-o",
                "go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}}{{\"\\n\"}}{{end}}{{end}}",
            ])
        return result.output.split(separator: "\n").map(String.init)
    }

    /// Asks again and again until the answer pleases.
    func wait(
        _ what: String, within limit: Double = 60, until isSo: () async throws -> Bool
    ) async throws {
        let start = ContinuousClock.now
        while (ContinuousClock.now - start).seconds < limit {
            if try await isSo() { return }
            try await Task.sleep(for: .milliseconds(500))
        }
        throw Command.Failure(description: "\(what): not within \(limit) s")
    }
}
