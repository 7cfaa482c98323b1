import FoundationEssentials
import Kubernetes
internal import Subprocess

#if canImport(System)
    internal import System
#else
    internal import SystemPackage
#endif

extension ExecPlugin {
    /// Its reply has a token and two certificates at most.
    private static let largestReply = 1 << 20

    /// - Throws: `ClusterError` of kind `credential` that says what the plugin did wrong. What it prints as errors goes to
    ///   the operator directly.
    func run() async throws(ClusterError) -> ExecCredentialReply {
        guard !lacksTerminal else {
            throw fail(
                "it must ask something (interactiveMode Always), but there is no terminal", hint: "log in by hand first"
            )
        }
        let path = try executable()
        source.note(.running(([path] + arguments).joined(separator: " ")))
        var variables = source.environment
        variables.merge(environment) { _, own in own }
        variables["KUBERNETES_EXEC_INFO"] = String(decoding: info.serialized(), as: UTF8.self)
        let output = try await output(of: path, variables)
        return try ExecCredentialReply(parsing: output, apiVersion: apiVersion, subject: subject)
    }

    private func fail(_ message: String, hint: String? = nil) -> ClusterError {
        ClusterError(.credential, subject, message, hint: hint)
    }

    /// Looks the command up as a shell would, in the PATH that this program has.
    private func executable() throws(ClusterError) -> String {
        let candidates =
            command.contains("/")
            ? [command] : (source.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(command)" }
        if let found = candidates.first(where: Self.isExecutableFile) { return found }
        if let file = candidates.first(where: ConfigFile.exists) {
            throw fail("\(file) isn't executable", hint: installHint)
        }
        throw fail("no such program\(command.contains("/") ? "" : " in PATH")", hint: installHint ?? "install it")
    }

    private static func isExecutableFile(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
            && FileManager.default.isExecutableFile(atPath: path)
    }

    private func output(of path: String, _ variables: [String: String]) async throws(ClusterError) -> [UInt8] {
        // Someone who is asked something may think as long as they like.
        let limit = isInteractive ? nil : source.pluginTimeout
        let result: Result<[UInt8], ClusterError> = await withTaskGroup { group in
            group.addTask { await collect(path, variables) }
            if let limit {
                group.addTask {
                    do {
                        try await Task.sleep(for: limit)
                    } catch {
                        return .failure(ClusterError(.cancelled, subject, "cancelled"))
                    }
                    return .failure(
                        fail("it gave no answer within \(limit.components.seconds) s", hint: "run it by hand"))
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(fail("it couldn't be run"))
        }
        return try result.get()
    }

    private func collect(_ path: String, _ variables: [String: String]) async -> Result<[UInt8], ClusterError> {
        var options = PlatformOptions()
        // In a group of its own, so that what it started ends with it; but only the foreground group may ask.
        if !isInteractive { options.processGroupID = 0 }
        let environment = Environment.custom(
            Dictionary(
                uniqueKeysWithValues: variables.compactMap { key, value in
                    Environment.Key(rawValue: key).map { ($0, value) }
                }))
        do {
            let (status, bytes) =
                isInteractive
                ? try await finished(
                    path, environment, options, input: .currentStandardInput)
                : try await finished(path, environment, options, input: .none)
            guard status.isSuccess else {
                return .failure(fail("it failed: \(Self.words(status))", hint: "run it by hand"))
            }
            return .success(bytes)
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .failure(fail("it printed more than \(Self.largestReply >> 20) MiB"))
        } catch {
            return .failure(fail("it couldn't be run: \(error)", hint: installHint))
        }
    }

    private func finished(
        _ path: String, _ environment: Environment, _ options: PlatformOptions, input: some InputProtocol
    ) async throws -> (TerminationStatus, [UInt8]) {
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: .init(arguments), environment: environment, platformOptions: options,
            input: input,
            output: .bytes(limit: Self.largestReply), error: .currentStandardError)
        return (result.terminationStatus, result.standardOutput)
    }

    private static func words(_ status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "exit code \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}
