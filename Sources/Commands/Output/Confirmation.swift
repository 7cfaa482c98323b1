internal import Foundation
internal import Operations

/// The question before a change: sdscli's words. Without a terminal it is an error, never a hang.
enum Confirmation {
    /// - Returns: false when the operator declined.
    /// - Throws: `OperationError` (usage) when nobody can be asked.
    static func ask(_ text: String) throws -> Bool {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw OperationError(
                .usage, "this would ask '\(text)', but there is no terminal", hint: "say -f to do it unasked")
        }
        while true {
            FileHandle.standardError.write(Data("\(text). Continue [y/n]: ".utf8))
            guard let line = Prompt.asking({ readLine(strippingNewline: true) }) else { return false }
            if let answer = answer(line) { return answer }
            Console.standardError("please answer y or n")
        }
    }

    /// Nil for what is neither yes nor no.
    static func answer(_ text: String) -> Bool? {
        switch text.trimmingCharacters(in: .whitespaces).lowercased() {
        case "y", "yes": true
        case "n", "no": false
        default: nil
        }
    }
}
