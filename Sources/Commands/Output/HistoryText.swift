internal import Operations

/// `history` as a table: the newest revision of each workload first.
struct HistoryText {
    let report: HistoryReport

    func lines() -> [String] {
        guard !report.entries.isEmpty || !report.verbs.isEmpty else {
            return ["nothing was recorded in the namespace \(report.namespace) yet"]
        }
        return (report.entries.isEmpty ? [] : releases) + (report.verbs.isEmpty ? [] : [""] + verbs)
    }

    private var verbs: [String] {
        Table.lines(
            ["WHEN", "WHO", "VERB", "OUTCOME"],
            report.verbs.map { entry in
                [
                    HistoryText.time(entry.time), "\(entry.user)@\(entry.host)", "sds \(entry.command)",
                    entry.outcome.rawValue + (entry.message.map { ": \($0.prefix(100))" } ?? ""),
                ].map(\.printable)
            })
    }

    private var releases: [String] {
        Table.lines(
            ["WORKLOAD", "SEQ", "WHEN", "WHO", "VERB", "RELEASE", "COMMITS", "STATE"],
            report.entries.map { entry in
                [
                    entry.workload, String(entry.sequence), HistoryText.time(entry.time), "\(entry.user)@\(entry.host)",
                    entry.command + (entry.copyOf.map { " (to \($0))" } ?? ""),
                    entry.release.map { String($0.prefix(12)) } ?? "-", HistoryText.commits(entry.commits),
                    HistoryText.state(entry),
                ].map(\.printable)
            })
    }

    /// `2026-01-31 23:59:59Z`.
    private static func time(_ text: String) -> String {
        text.replacing("T", with: " ", maxReplacements: 1)
    }

    /// One commit for all trees that share it, most common first: `3f9c21ab77de+dirty (4 trees), 77ab… pele`.
    static func commits(_ commits: [String: String]) -> String {
        guard !commits.isEmpty else { return "-" }
        let groups = Dictionary(grouping: commits.keys.sorted()) { commits[$0] ?? "" }
        return groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { commit, trees in
            trees.count == 1 ? "\(commit) \(trees[0])" : "\(commit) (\(trees.count) trees)"
        }.joined(separator: ", ")
    }

    private static func state(_ entry: HistoryReport.Entry) -> String {
        var words: [String] = []
        if entry.isWanted { words.append("wanted") }
        if entry.pods > 0 { words.append("\(entry.pods) \(entry.pods == 1 ? "pod" : "pods")") }
        if entry.hasFailed { words.append("failed") }
        return words.joined(separator: ", ")
    }
}
