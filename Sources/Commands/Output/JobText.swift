internal import HySDS
internal import Kubernetes
internal import Operations

/// `job` as text.
enum JobText {
    static func lines(_ report: JobListReport) -> [String] {
        guard report.total > 0 else { return ["no jobs"] }
        let rows = report.groups.map { group in
            [
                group.status, group.queue, group.type, String(group.count), group.oldestSeconds.map(age) ?? "-",
            ].map(\.printable)
        }
        let sums = report.statuses.map { "\($0.status) \($0.count)" }.joined(separator: ", ")
        return Table.lines(["STATUS", "QUEUE", "TYPE", "JOBS", "OLDEST"], rows)
            + ["", "\(report.total) \(report.total == 1 ? "job" : "jobs"): \(sums.printable)"]
    }

    /// `45s`, `12m`, `7h`, `3d`: what is rounded is rounded down.
    static func age(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds)s"
        case ..<7200: "\(seconds / 60)m"
        case ..<172_800: "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }

    static func lines(_ report: JobControlReport) -> [String] {
        report.jobs.map { job in
            let name = job.jobID == job.id ? job.id : "\(job.id) (\(job.jobID))"
            return "\(name): ".printable + words(job, report).printable
        }
    }

    private static func words(_ job: JobControlReport.Job, _ report: JobControlReport) -> String {
        switch job.outcome {
        case .unchanged: "was \(job.before) before"
        case .planned: "\(job.before), would be \(report.act == .retry ? "retried" : "revoked")"
        case .retried: "retried, now \(job.status)"
        case .revoked: "revoked"
        case .marked: "revoked: it is still in its queue, the worker that takes it drops it"
        case .ended: "NOT revoked: it ended before, \(job.status)"
        case .failed: "NOT \(report.act == .retry ? "retried" : "revoked"): it is \(job.status)"
        case .unknown: "not seen to be \(report.act == .retry ? "retried" : "revoked") in time: it is \(job.status)"
        }
    }

    static func yaml(_ record: JobRecord) -> String {
        let text = ManifestWriter.text(record.document)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
            .joined(separator: "\n").trimmingSuffix(while: \.isNewline)
    }

    /// What `job info --output json` prints.
    struct Document: Encodable {
        let apiVersion = "sds/v1"
        let kind = "Job"
        let id: String
        let job: JSONValue

        init(_ record: JobRecord) {
            (id, job) = (record.id, record.document)
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(while isOut: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, isOut(last) { text.removeLast() }
        return String(text)
    }
}
