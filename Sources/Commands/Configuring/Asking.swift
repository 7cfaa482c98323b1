internal import Foundation
internal import Operations

/// Somebody who answers questions.
protocol Asking {
    func say(_ text: String)
    /// - Throws: `OperationError` when nobody answers any more.
    func line(_ prompt: String) throws -> String
    /// The same, but what is typed isn't shown.
    func hidden(_ prompt: String) throws -> String
}

/// The operator at a terminal. Questions go to stderr: stdout is for results.
struct Terminal: Asking {
    func say(_ text: String) { Console.standardError(text) }

    func line(_ prompt: String) throws -> String {
        FileHandle.standardError.write(Data(prompt.utf8))
        guard let answer = Prompt.asking({ readLine(strippingNewline: true) }) else { throw Terminal.ended }
        return answer.trimmingCharacters(in: .whitespaces)
    }

    func hidden(_ prompt: String) throws -> String {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else {
            throw OperationError(
                .usage, "the terminal can't hide what is typed", hint: "set the key by an environment variable")
        }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        FileHandle.standardError.write(Data(prompt.utf8))
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
            Console.standardError("")
        }
        guard let answer = Prompt.asking(restoring: settings, { readLine(strippingNewline: true) }) else {
            throw Terminal.ended
        }
        return answer
    }

    private static let ended = OperationError(
        .failed, "the answers ended before the questions", hint: "nothing was written")
}
