internal import Transfer

/// Whether and when a request is sent again: never when the server may have acted and acting twice would differ.
struct RetryPolicy: Hashable {
    /// Sending it twice is as good as once: reads, server-side applies, an exec whose command hasn't started.
    var isIdempotent: Bool
    /// The server has answered before, so a connection that is refused now means that it restarts.
    var hasAnswered: Bool

    /// The first wait after a broken connection, doubled each time.
    static let firstWait = Duration.milliseconds(100)
    static let longestWait = Duration.seconds(10)
    static let attempts = 10

    /// - Parameters:
    ///   - attempt: 1 after the first.
    ///   - retryAfter: The header's text: seconds. Dates are not used by API servers.
    func wait(status: Int, retryAfter: String?, attempt: Int) -> Duration? {
        guard attempt < Self.attempts else { return nil }
        let seconds = retryAfter.flatMap { Int($0) }.map { Duration.seconds(min(max($0, 0), 120)) }
        return switch status {
        case 429: seconds ?? .seconds(1)
        // The server says itself that it didn't get to it.
        case 500...: seconds
        default: nil
        }
    }

    func wait(_ error: TransferError.Kind, attempt: Int) -> Duration? {
        guard attempt < Self.attempts else { return nil }
        let wait = min(Self.firstWait * (1 << min(attempt - 1, 10)), Self.longestWait)
        return switch error {
        // Nothing was sent.
        case .refused: hasAnswered ? wait : nil
        case .reset, .timeout: isIdempotent ? wait : nil
        default: nil
        }
    }
}
