internal import ArgumentParser
internal import Foundation
internal import Operations

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a command in a pod of a component; its exit code is ours.",
        discussion:
            "EXAMPLES\n  sds run grq -- ls -l /sds/current/ops\n  echo 'PING' | sds run mozart-redis -- redis-cli")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "A component, a workload or a program.", completion: Completions.names)
    var name: String
    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
    var command: [String] = []

    func run() async throws {
        let words = Array(command.drop { $0 == "--" })
        guard !words.isEmpty else {
            throw ValidationError("expected a command after '\(name)': sds run \(name) -- COMMAND [ARGUMENT ...]")
        }
        let surroundings = try Surroundings(options)
        let run = try Run(name, command: words, site: surroundings.site)
        let session = try await surroundings.session("run \(name)", Session.Options())
        let console = surroundings.console
        let code: Int32
        do {
            code = try await run(session, input: RunCommand.input) { isError, bytes in
                console.bytes(bytes, isError: isError)
            }
        } catch {
            throw OperationError(error)
        }
        if code != 0 { throw ExitCode(code) }
    }

    /// What is piped in; a terminal isn't read, since the command has none either.
    private static var input: AsyncStream<[UInt8]>? {
        isatty(STDIN_FILENO) == 0 ? StandardInput.chunks() : nil
    }
}
