internal import ArgumentParser
internal import Foundation
internal import Operations

/// The program: parses the command line, runs the verb until it ends or a signal comes, exits with its code.
package enum EntryPoint {
    package static func main() async -> Never {
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let code = await run(arguments)
        exit(code)
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
            return try await Signals.cancelling {
                var command = try SDS.parseAsRoot(words)
                guard var verb = command as? any AsyncParsableCommand else { return try command.run() }
                try await verb.run()
            }
        } catch let error as ExitCode {
            return error.rawValue
        } catch {
            return report(error)
        }
    }

    /// ArgumentParser's own errors: help on stdout with 0, a wrong command line with 2. All others are the verbs'.
    private static func report(_ error: any Error) -> Int32 {
        switch SDS.exitCode(for: error) {
        case .success:
            FileHandle.standardOutput.write(Data((SDS.fullMessage(for: error) + "\n").utf8))
            return 0
        case .validationFailure:
            Console.standardError(SDS.fullMessage(for: error))
            return 2
        default:
            let failure = OperationError(error)
            Console.standardError("error: \(failure)")
            return failure.exitCode
        }
    }
}
