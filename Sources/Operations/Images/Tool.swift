internal import Subprocess

#if canImport(System)
    internal import System
#else
    internal import SystemPackage
#endif

/// A program that is run to its end: what it says goes on as it comes, the last lines are kept for the error.
struct Tool: Sendable {
    private static let keptLines = 25
    let words: [String]

    init(_ words: [String]) {
        self.words = words
    }

    /// - Parameters:
    ///   - file: what its standard input reads.
    ///   - failure: what couldn't be done when it fails: `hysds/mozart could not be built`.
    /// - Throws: `OperationError` (failed) with the program's last lines.
    func run(
        readingFrom file: String? = nil, else failure: String, hint: String? = nil,
        _ say: @escaping @Sendable (String) -> Void
    ) async throws {
        let (isSuccess, lines, status) = try await follow(file, say)
        guard isSuccess else {
            throw OperationError(
                .failed, "\(failure): \(words.prefix(2).joined(separator: " ")) ended with \(status)",
                causes: lines.isEmpty ? [] : [lines.joined(separator: "\n         ")], hint: hint)
        }
    }

    /// What it prints, nothing else; nil when it fails or isn't there.
    func answer() async -> String? {
        let result = try? await Subprocess.run(
            executable, arguments: Arguments(Array(words.dropFirst())), output: .string(limit: 1 << 20),
            error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput
    }

    /// What it prints; its messages go on as they come.
    func output(else failure: String, _ say: @escaping @Sendable (String) -> Void) async throws -> String {
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(Array(words.dropFirst())), platformOptions: Tool.options,
                input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            result.standardError.split(whereSeparator: \.isNewline).forEach { say(String($0)) }
            guard result.terminationStatus.isSuccess else {
                throw OperationError(
                    .failed, "\(failure): \(words[0]) ended with \(Tool.words(result.terminationStatus))",
                    causes: result.standardError.split(whereSeparator: \.isNewline).suffix(10).map(String.init))
            }
            return result.standardOutput
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw OperationError(.failed, "\(failure): \(words[0]) could not be run: \(error)")
        }
    }

    /// A name is looked up in the PATH.
    private var executable: Executable {
        words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0])
    }

    private func follow(
        _ file: String?, _ say: @escaping @Sendable (String) -> Void
    ) async throws -> (isSuccess: Bool, lines: [String], status: String) {
        do {
            // Nothing to read is an empty file too.
            let input = try FileDescriptor.open(FilePath(file ?? "/dev/null"), .readOnly)
            let result = try await Subprocess.run(
                executable, arguments: Arguments(Array(words.dropFirst())), environment: Tool.environment,
                platformOptions: Tool.options, input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                var last: [String] = []
                for try await line in execution.standardOutput.strings() {
                    say(line)
                    last.append(line)
                    if last.count > Tool.keptLines { last.removeFirst() }
                }
                return last
            }
            return (result.terminationStatus.isSuccess, result.closureResult, Tool.words(result.terminationStatus))
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw OperationError(.failed, "\(words[0]) could not be run: \(error)")
        }
    }

    /// docker before 23 has no secrets of builds without it.
    private static var environment: Environment { .inherit.updating(["DOCKER_BUILDKIT": "1"]) }

    /// A builder that is interrupted has working containers to put away.
    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))]
        return options
    }

    private static func words(_ status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "exit code \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}
