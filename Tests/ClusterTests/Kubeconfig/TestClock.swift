import Foundation
import Synchronization

/// A clock that a test moves.
final class TestClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

    var now: @Sendable () -> Date { { [self] in time.withLock(\.self) } }

    func advance(_ seconds: TimeInterval) {
        time.withLock { $0 += seconds }
    }
}
