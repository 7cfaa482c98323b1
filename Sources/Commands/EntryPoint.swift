internal import ArgumentParser
internal import Foundation
internal import Operations

/// The program: parses the command line, runs the verb until it ends or a signal comes, exits with its code.
package enum EntryPoint {
    package static func main() async -> Never {
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let code = await run(arguments)
        end(OutputStream.exitCode(code))
    }

    /// Without `exit`'s handlers: OpenSSL's frees what the threads of open connections still use, and the program would
    /// crash after all was done. Nothing else relies on them: output is written at once.
    private static func end(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }

    /// - Returns: the exit code; DESIGN.md lists them.
    static func run(_ arguments: [String]) async -> Int32 {
        do {
            guard !arguments.isEmpty else {
                Console.standardError(SDS.helpMessage())
                return 1
            }
            // A shell asks for completions: its words stay as they are.
            let isAsking = arguments[0].hasPrefix("---")
            let words = isAsking ? arguments : try CommandLineRewriting(SDS.self).rewritten(arguments)
            return try await Signals.cancelling(saying: interruption(of: words)) {
                var command = try SDS.parseAsRoot(words)
                guard var verb = command as? any AsyncParsableCommand else { return try command.run() }
                try await verb.run()
            }
        } catch let error as ExitCode {
            return error.rawValue
        } catch {
            return report(error, isJSON: CommandLineRewriting.asksForJSON(arguments))
        }
    }

    /// Verbs that only look, and a command of the operator's own: there is nothing to go on with.
    private static func interruption(of words: [String]) -> OperationError {
        let looking: Set<String> = ["status", "logs", "run", "history", "diff", "render", "lock"]
        let verbs = [
            "pkg ls", "pkg export", "rules export", "job list", "job info", "kibana export", "orch ps", "orch logs",
            "orch run",
        ]
        return looking.contains(words.first ?? "") || verbs.contains(words.prefix(2).joined(separator: " "))
            ? OperationError(.cancelled, "interrupted") : OperationError(CancellationError())
    }

    /// ArgumentParser's own errors: help on stdout with 0, a wrong command line with 2. All others are the verbs'.
    private static func report(_ error: any Error, isJSON: Bool) -> Int32 {
        switch SDS.exitCode(for: error) {
        case .success:
            OutputStream.write(Array((SDS.fullMessage(for: error) + "\n").utf8), to: STDOUT_FILENO)
            return 0
        case .validationFailure:
            Console.standardError(SDS.fullMessage(for: error))
            if isJSON { FailureReport(OperationError(.usage, SDS.message(for: error))).print() }
            return 2
        default:
            let failure = OperationError(error)
            Console.standardError("error: \(failure)")
            if isJSON && !OutputStream.hasOutput { FailureReport(failure).print() }
            return failure.exitCode
        }
    }
}
