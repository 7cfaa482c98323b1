package import HySDS

/// What became of jobs that were to be run again or ended.
package struct JobControlReport: Sendable, Encodable, Equatable {
    package enum Outcome: String, Sendable, Encodable, Equatable {
        /// It was so before.
        case unchanged
        case planned
        case retried
        case revoked
        /// Recorded as revoked while it waits in its queue: a worker drops it instead of running it.
        case marked
        /// It ended before it could be revoked.
        case ended
        /// HySDS did its part, and the job is as it was.
        case failed
        /// Not seen before the deadline.
        case unknown

        var isDone: Bool { [.unchanged, .planned, .retried, .revoked, .marked].contains(self) }
    }

    package struct Job: Sendable, Encodable, Equatable {
        package let id: String
        package let jobID: String
        package let before: String
        package var status: String
        package var outcome: Outcome
    }

    package let apiVersion = "sds/v1"
    package let kind = "JobControl"
    package let act: JobAct
    package let isDryRun: Bool
    package var jobs: [Job]
    /// The tag of the job that HySDS does it by.
    package var tag: String?
    /// What that job said when it failed, or that it never came.
    package var causes: [String] = []

    /// Nil when everything was done.
    package var failure: OperationError? {
        let open = jobs.filter { !$0.outcome.isDone }
        guard !open.isEmpty else { return nil }
        let text =
            "\(open.count) of \(jobs.count) \(jobs.count == 1 ? "job" : "jobs") not \(act == .retry ? "retried" : "revoked")"
        if open.contains(where: { $0.outcome == .unknown }) {
            return OperationError(
                .timedOut, text + " in time", causes: causes,
                hint: "what was submitted goes on: look with 'sds job info ID', or at the workers with 'sds status all'"
            )
        }
        return OperationError(open.count == jobs.count ? .failed : .partial, text, causes: causes)
    }
}
