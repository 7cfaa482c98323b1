internal import Foundation
internal import Operations
internal import Synchronization

/// The only writer: results go to stdout, everything else to stderr, in order, whoever says it.
final class Console: Sendable {
    private let isTerminal: Bool
    private let usesColor: Bool
    private let isJSON: Bool
    private let isQuiet: Bool
    private let lock = Mutex(())

    init(format: OutputFormat, environment: [String: String] = ProcessInfo.processInfo.environment) {
        isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
        usesColor = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
        isJSON = format == .json
        isQuiet = false
    }

    /// Lines that the terminal at stdout shows; nil when there is none, or it doesn't say.
    static var windowRows: Int? {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else {
            return nil
        }
        return Int(size.ws_row)
    }

    static func standardError(_ text: String) {
        OutputStream.write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    func result(_ text: String) {
        lock.withLock { _ in OutputStream.write(Array((text + "\n").utf8), to: STDOUT_FILENO) }
    }

    /// What a command in a pod says, as it comes: when nobody reads it any more there is nothing left to do.
    func bytes(_ bytes: [UInt8], isError: Bool) {
        lock.withLock { _ in
            OutputStream.write(bytes, to: isError ? STDERR_FILENO : STDOUT_FILENO)
            if OutputStream.stdoutFailure != 0 { _exit(OutputStream.exitCode(0)) }
        }
    }

    /// The answer of a verb: one JSON document, or lines for people.
    func result<Report: Encodable>(_ report: Report, _ lines: (Report) -> [String]) throws {
        if isJSON { return try result(json: report) }
        let lines = lines(report)
        if !lines.isEmpty { result(lines.joined(separator: "\n")) }
    }

    /// One JSON document on stdout.
    func result(json value: some Encodable) throws {
        result(try JSONText.document(value))
    }

    /// A JSON object a line on stdout, for what goes on and on.
    func result(jsonLine fields: [String: String]) {
        result(Console.line(fields))
    }

    private static func line(_ fields: [String: String]) -> String {
        guard let line = try? JSONText.line(fields) else { preconditionFailure("strings always encode") }
        return line
    }

    func message(_ text: String, _ style: Style = .plain) {
        lock.withLock { _ in Console.standardError(styled(text, style)) }
    }

    func show(_ event: Event) {
        if isJSON { return showJSON(event) }
        switch event {
        case .note(let text): message(text)
        case .warning(let text): message("warning: \(text)", .warning)
        case .started(let step): if isTerminal { message("  … \(step)", .dim) }
        case .progress(let workload, let state): message("    \(workload): \(state)", .dim)
        case .cause(let workload, let text): message("    \(workload): \(text)", .warning)
        case .finished(let step, let time): message("  ok \(step) (\(time.brief))", .good)
        case .failed(let step, let text): message("  failed: \(step): \(text)", .bad)
        }
    }

    /// Events as JSON lines on stderr, so that stdout stays one document.
    private func showJSON(_ event: Event) {
        let fields: [String: String] =
            switch event {
            case .note(let text): ["event": "note", "text": text]
            case .warning(let text): ["event": "warning", "text": text]
            case .started(let step): ["event": "started", "step": step]
            case .progress(let workload, let state): ["event": "progress", "workload": workload, "state": state]
            case .cause(let workload, let text): ["event": "cause", "workload": workload, "text": text]
            case .finished(let step, let time): ["event": "finished", "step": step, "seconds": time.brief]
            case .failed(let step, let text): ["event": "failed", "step": step, "text": text]
            }
        lock.withLock { _ in Console.standardError(Console.line(fields)) }
    }
}

extension Console {
    enum Style: String {
        case plain = ""
        case dim = "2"
        case good = "32"
        case warning = "33"
        case bad = "31"
        case heading = "1;36"
    }

    /// A line of a result that is no part of what it introduces; stdout may be a file.
    func heading(_ text: String) -> String { isatty(STDOUT_FILENO) == 1 ? styled(text, .heading) : text }

    func styled(_ text: String, _ style: Style) -> String {
        usesColor && style != .plain ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }
}

extension Duration {
    /// `0.4 s`, `12 s`, `3 min 5 s`.
    var brief: String {
        let seconds = Double(components.seconds) + Double(components.attoseconds) / 1e18
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        if seconds < 120 { return "\(Int(seconds.rounded())) s" }
        return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }
}
