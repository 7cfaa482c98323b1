internal import Kubernetes

/// Gathers from an exec's signals what they mean: a value, so that every order of events can be tested.
struct ExecOutcome {
    private static let statusLimit = 1 << 20
    private var statusText: [UInt8] = []
    private var open: Set<ExecChannel> = [.output, .errors, .status]
    private(set) var isInputAccepted = false
    /// Nothing more is to be expected.
    private(set) var isOver = false

    /// What to hand on and what to send back.
    mutating func take(_ signals: [ExecSignal]) -> (events: [ExecEvent], replies: [[UInt8]]) {
        var (events, replies): ([ExecEvent], [[UInt8]]) = ([], [])
        for signal in signals {
            switch signal {
            case .accepted(let channel): if channel == .input { isInputAccepted = true }
            case .bytes(.output, let bytes): events.append(.output([UInt8](bytes)))
            case .bytes(.errors, let bytes): events.append(.errors([UInt8](bytes)))
            case .bytes(.status, let bytes): statusText += bytes.prefix(Self.statusLimit - statusText.count)
            case .bytes(.input, _): break
            case .closed(let channel): open.remove(channel)
            case .reply(let bytes): replies.append(bytes)
            case .ended: isOver = true
            }
        }
        // Output may still be on its way after the status: so all three have to be closed.
        if open.isEmpty { isOver = true }
        return (events, replies)
    }

    /// Half of the end has come: the command's outputs are closed but nothing says how it ended, or the other way round.
    /// The other half follows within moments or never (servers get stuck on input that a command left unread).
    var isEnding: Bool {
        !isOver && (open == [.status] || status != nil)
    }

    /// Nil when the server hasn't said how it ended, which is never taken for success.
    var status: ExecStatus? {
        guard let json = try? JSONValue(parsing: statusText), let status = APIStatus(json) else { return nil }
        return status.exitCode.map(ExecStatus.exited) ?? .failed(status.message)
    }
}
