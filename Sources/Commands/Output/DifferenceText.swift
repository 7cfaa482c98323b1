internal import Operations

/// `diff` for reading: code, rendered configuration, objects, then what happens to pods.
struct DifferenceText {
    /// Of a tree that is new as a whole not every file is news.
    private static let mostFiles = 40
    private static let mostLines = 400

    let report: DifferenceReport
    let console: Console

    func lines() -> [String] {
        var lines: [String] = []
        for code in report.code { lines += text(of: code) }
        for rendered in report.configuration {
            lines.append(heading("configuration of \(rendered.workload)"))
            lines += rendered.files.flatMap { text(of: $0) }
        }
        if !report.objects.isEmpty {
            lines.append(heading("objects"))
            lines += report.objects.flatMap { text(of: $0) }
        }
        if !report.pods.isEmpty {
            lines.append(heading("pods"))
            lines += report.pods.map { text(of: $0) }
        }
        for note in report.notes { lines.append(console.styled("note: \(note.printable)", .dim)) }
        if !report.isDifferent { lines.append("nothing to update") }
        return lines
    }

    private func heading(_ text: String) -> String { console.styled("== \(text)", .heading) }

    private func text(of code: DifferenceReport.Code) -> [String] {
        let digests = "\(code.old ?? "none") → \(code.new ?? "none")"
        var lines = [heading("code of \(code.tree) \(digests): \(code.workloads.joined(separator: ", "))")]
        let isWhole = code.old == nil || code.new == nil
        let shown = isWhole ? code.files.prefix(DifferenceText.mostFiles) : code.files[...]
        lines += shown.flatMap { text(of: $0) }
        if shown.count < code.files.count { lines.append("  … and \(code.files.count - shown.count) more files") }
        return lines
    }

    private func text(of file: DifferenceReport.File) -> [String] {
        let remark = file.remark.map { " (\($0))" } ?? ""
        let style: Console.Style = file.change == "removed" ? .bad : file.change == "added" ? .good : .plain
        var lines = [console.styled("  \(file.change) \(file.path)\(remark)", style)]
        lines += file.lines.prefix(DifferenceText.mostLines).map { line in
            let style: Console.Style =
                switch line.first {
                case "+": .good
                case "-": .bad
                case "@": .dim
                default: .plain
                }
            return "    " + console.styled(line, style)
        }
        if file.lines.count > DifferenceText.mostLines {
            lines.append("    … and \(file.lines.count - DifferenceText.mostLines) more lines")
        }
        return lines
    }

    private func text(of object: DifferenceReport.Object) -> [String] {
        ["  \(object.change) \(object.object)"]
            + object.fields.map { "    \($0.path): \($0.old ?? "(none)") → \($0.new ?? "(removed)")" }
    }

    private func text(of pods: DifferenceReport.Pods) -> String {
        let count = pods.count == 0 ? "" : pods.count == 1 ? "1 pod, " : "\(pods.count) pods, "
        let reasons = pods.reasons.isEmpty ? "" : " (\(pods.reasons.joined(separator: "; ")))"
        return "  \(pods.workload): \(count)\(pods.effect)\(reasons)"
    }
}
