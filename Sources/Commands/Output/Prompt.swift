internal import Foundation
internal import Synchronization

/// A question that waits for the terminal: Ctrl-C ends it at once and gives the terminal back as it was.
enum Prompt {
    private struct State {
        var isAsking = false
        var settings: termios?
    }

    private static let state = Mutex(State())

    /// - Parameter settings: of the terminal, to be restored.
    static func asking<Value>(restoring settings: termios? = nil, _ ask: () throws -> Value) rethrows -> Value {
        state.withLock { $0 = State(isAsking: true, settings: settings) }
        defer { state.withLock { $0 = State() } }
        return try ask()
    }

    /// Called when a signal came: doesn't return while a question waits.
    static func end(with code: Int32) {
        state.withLock { state in
            guard state.isAsking else { return }
            if var settings = state.settings { tcsetattr(STDIN_FILENO, TCSANOW, &settings) }
            Console.standardError("\nended: nothing was changed")
            _exit(code)
        }
    }
}
