internal import Dispatch
internal import Foundation
internal import Synchronization

/// Standard input in blocks, read on a thread of its own when somebody asks for one: waiting for it holds nothing up,
/// and whoever waits can be cancelled.
final class StandardInput: Sendable {
    private let asked = DispatchSemaphore(value: 0)
    private let waiting = Mutex<CheckedContinuation<[UInt8]?, Never>?>(nil)

    static func chunks() -> AsyncStream<[UInt8]> {
        let input = StandardInput()
        Thread.detachNewThread { input.read() }
        return AsyncStream(unfolding: { await input.next() })
    }

    private func next() async -> [UInt8]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting.withLock { $0 = continuation }
                asked.signal()
                if Task.isCancelled { answer(nil) }
            }
        } onCancel: {
            answer(nil)
        }
    }

    private func answer(_ block: [UInt8]?) {
        waiting.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }?.resume(returning: block)
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        while true {
            asked.wait()
            let count = Foundation.read(STDIN_FILENO, &buffer, buffer.count)
            answer(count > 0 ? Array(buffer.prefix(count)) : nil)
            guard count > 0 else { return }
        }
    }
}
