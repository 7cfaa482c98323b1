internal import Dispatch
internal import Foundation
internal import Operations
internal import Synchronization

/// Ctrl-C and SIGTERM: the first cancels the verb, which tidies up and says how to go on; the second ends at once.
enum Signals {
    /// - Parameter interruption: what is said when a signal ended the verb.
    static func cancelling(
        saying interruption: OperationError, _ body: sending @escaping () async throws -> Void
    ) async throws -> Int32 {
        let received = Mutex<Int32>(0)
        let task = Task { try await body() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isSecond = received.withLock { value in
                    defer { value = number }
                    return value != 0
                }
                if isSecond { _exit(128 + number) }
                Prompt.end(with: 128 + number)
                Console.standardError("stopping (once more: at once)")
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { sources.forEach { $0.cancel() } }
        do {
            try await task.value
            return 0
        } catch {
            let number = received.withLock { $0 }
            guard number != 0 else { throw error }
            Console.standardError("error: \(interruption)")
            return 128 + number
        }
    }
}
