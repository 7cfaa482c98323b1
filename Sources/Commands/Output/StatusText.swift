internal import HySDS
internal import Operations

/// `status` as operators know it: 40-character banners, a line per program, RUNNING and STOPPED.
struct StatusText {
    let report: StatusReport
    let console: Console

    func lines() -> [String] {
        var lines: [String] = []
        for section in report.sections {
            lines += banner(section.component, "#", .heading)
            if !section.stores.isEmpty {
                lines += banner("third-party services", "-", .plain)
                lines += section.stores.flatMap(text(of:))
            }
            lines += banner("supervised services", "-", .plain)
            if section.isStopped || section.programs.isEmpty {
                let reason = section.programs.isEmpty ? " (nothing is configured to run)" : ""
                lines.append(console.styled("Supervisord is not running on \(section.component).\(reason)", .warning))
            }
            lines += section.programs.flatMap(text(of:))
        }
        if !report.queues.isEmpty {
            lines += banner("queues", "#", .heading)
            lines += Self.table(of: report.queues)
        }
        lines += CertificateText(console: console).warnings(report.certificates)
        if !report.interrupted.isEmpty {
            lines.append(
                console.styled(
                    "an unfinished reset holds \(report.interrupted.joined(separator: ", ")): run 'sds reset' again",
                    .bad))
        }
        for (name, reason) in report.omitted.sorted(by: { $0.key < $1.key }) {
            lines.append(console.styled("\(name) is off: \(reason)", .dim))
        }
        return lines
    }

    /// At most so many lines: what runs well is only counted then, and of the rest the end is left out, said so.
    func lines(fitting rows: Int) -> [String] {
        let all = lines()
        guard all.count > rows else { return all }
        var short: [String] = []
        for section in report.sections {
            let known = section.stores + section.programs
            let (good, other) = (known.filter { $0.state == .running }, known.filter { $0.state != .running })
            let stopped = other.filter { $0.state == .stopped }.count
            let counts = ["\(good.count) RUNNING"] + (stopped > 0 ? ["\(stopped) STOPPED"] : [])
            short.append(console.styled("\(section.component): \(counts.joined(separator: ", "))", .heading))
            short += other.filter { $0.state != .stopped }.flatMap(text(of:))
        }
        let waiting = report.queues.filter { $0.ready + $0.unacknowledged > 0 }
        if !waiting.isEmpty { short += Self.table(of: waiting) }
        guard short.count > rows else { return short }
        let left = short.count - rows + 1
        return short.prefix(max(0, rows - 1))
            + [console.styled("… \(left) more lines: name a component, or enlarge the window", .warning)]
    }

    private static func table(of queues: [StatusReport.Queue]) -> [String] {
        Table.lines(
            ["QUEUE", "WAITING", "RUNNING", "CONSUMERS"],
            queues.map { [$0.name, String($0.ready), String($0.unacknowledged), String($0.consumers)] })
    }

    private func banner(_ text: String, _ mark: Character, _ style: Console.Style) -> [String] {
        let line = String(repeating: mark, count: 40)
        return [line, text, line].map { console.styled($0, style) }
    }

    private func text(of line: StatusReport.Line) -> [String] {
        let program = Program(name: line.program, workload: line.workload, role: .service)
        let style: Console.Style =
            switch line.state {
            case .running: .good
            case .stopped: .plain
            case .starting, .stopping: .warning
            default: .bad
            }
        return [console.styled(program.line(line.state, detail: line.detail), style)]
            + line.causes.map { console.styled("    \($0)", .bad) }
    }
}

/// Plain columns: two spaces between them, headings in capitals.
enum Table {
    static func lines(_ headings: [String], _ rows: [[String]]) -> [String] {
        let all = [headings] + rows
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = zip(row, widths).map { text, width in text + String(repeating: " ", count: width - text.count) }
                .joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
