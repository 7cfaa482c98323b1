internal import Operations

/// `ship` as text: a line per pod, then what became of all of them.
enum ShipText {
    static func line(of pod: ShipReport.Pod) -> String {
        if let failure = pod.failure { return "\(pod.pod): FAILED: \(failure)" }
        let facts = pod.receipt.map { receipt in
            "\(receipt.files) files, \(receipt.bytes) bytes\(pod.sent == 0 ? "" : " (\(pod.sent) sent)"), \(pod.seconds) s, "
        }
        return "\(pod.pod): \(facts ?? "")\(words(for: pod))"
    }

    private static func words(for pod: ShipReport.Pod) -> String {
        switch pod.taking {
        case .running: "runs it already"
        case .now: "takes it now"
        case .afterItsJob: "finishes its job first"
        case .whenResumed: "held down by sds-drain: takes it when it is resumed"
        case .replaced: "ran nothing: replaced by a new pod"
        case .gone, nil: "has ended meanwhile"
        }
    }

    static func summary(of report: ShipReport, verb: String) -> String {
        if report.isDryRun {
            let steps = report.plan.steps.map(\.action.title)
            let targets = report.sequences.sorted { $0.key < $1.key }.map { name, sequence in
                "bring release \(sequence) of \(name) into its running pods"
            }
            let bundles = report.bundlePlaces.map { "write the bundle \($0)" }
            return (steps + targets + bundles).joined(separator: "\n")
        }
        let bundles = report.bundles.map { bundle in
            "\(bundle.url ?? bundle.file): \(bundle.bytes) bytes"
                + (bundle.isUnchanged ? ", unchanged" : "") + ", sha256 \(bundle.sha256)"
        }
        return (bundles + [podSummary(of: report, verb: verb)]).joined(separator: "\n")
    }

    private static func podSummary(of report: ShipReport, verb: String) -> String {
        guard !report.plan.isEmpty || !report.pods.isEmpty else {
            let hasNews = report.bundles.contains { !$0.isUnchanged }
            return "sds \(verb): " + (hasNews ? "done" : "nothing to do")
        }
        let counts = [
            report.finishing > 0 ? "\(report.finishing) finish a job first" : nil,
            report.failures.isEmpty ? nil : "\(report.failures.count) failed",
        ].compactMap { $0 }
        return (["sds \(verb): \(report.pods.count - report.failures.count) pods have it"] + counts).joined(
            separator: ", ")
    }

    /// - Throws: `OperationError` (partial) when a pod didn't get it.
    static func check(_ report: ShipReport, verb: String) throws(OperationError) {
        guard !report.failures.isEmpty else { return }
        throw OperationError(
            .partial, "\(report.failures.count) of \(report.pods.count) pods did not get the release",
            causes: report.failures.map { "\($0.pod): \($0.failure ?? "")" },
            hint: "run 'sds \(verb)' again: it goes on with those; all others have it")
    }
}
