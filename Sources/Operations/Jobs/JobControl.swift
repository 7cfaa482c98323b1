internal import FoundationEssentials
package import HySDS
internal import Kubernetes

/// Runs jobs again, or ends them: through mozart, and watched until it is so.
package struct JobControl: Sendable {
    private let act: JobAct
    private let ids: [String]
    private static let pause: Duration = .milliseconds(1000)

    package init(_ act: JobAct, _ ids: [String]) {
        self.act = act
        self.ids = ids
    }

    package func callAsFunction(_ session: Session) async throws -> JobControlReport {
        try await session.withAccess { access in
            let jobs = try await JobFinder(access: access).find(ids)
            var report = JobControlReport(act: act, isDryRun: session.options.isDryRun, jobs: jobs.map(self.begin))
            let chosen = zip(jobs, report.jobs).filter { $0.1.outcome == .planned }.map(\.0)
            guard !chosen.isEmpty else { return report }
            let (offer, queue) = try await offer(access)
            guard !session.options.isDryRun else { return report }
            try await session.checkNamespace()
            let tag = "sds-\(act.rawValue)-\(UUID().uuidString.prefix(8).lowercased())"
            let request = WebRequest(
                "POST", "mozart", "/on-demand",
                json: act.request(offer, queue: queue, ids: chosen.map(\.id), tag: tag))
            let answer = try await access.send(request).checked(request).json(of: request)
            guard answer["success"]?.bool == true else {
                throw OperationError(.failed, "mozart: \(answer["message"]?.string ?? "it did not say why")")
            }
            report.tag = tag
            session.emit(.note("submitted \(offer.jobSpec) to \(queue), tag \(tag)"))
            var watch = JobWatch(access, act, chosen, report)
            let deadline = ContinuousClock.now + session.options.timeout
            while try await !watch.look() {
                guard ContinuousClock.now + JobControl.pause < deadline else { break }
                try await Task.sleep(for: JobControl.pause)
            }
            report = watch.ended()
            await Announcement(session).done("\(report.jobs.count { $0.outcome.isDone }) of \(report.jobs.count) jobs")
            return report
        }
    }

    private func begin(_ job: JobRecord) -> JobControlReport.Job {
        let outcome: JobControlReport.Outcome =
            switch (act, job.status) {
            case (.retry, _): .planned
            case (.revoke, "job-revoked"): .unchanged
            case (.revoke, let status): JobStatus.final.contains(status) ? .ended : .planned
            }
        return JobControlReport.Job(
            id: job.id, jobID: job.document["job_id"]?.string ?? job.id, before: job.status, status: job.status,
            outcome: outcome)
    }

    /// What mozart can be asked for, and the queue for it.
    private func offer(_ access: Access) async throws -> (JobAct.Offer, queue: String) {
        let list = WebRequest("GET", "mozart", "/on-demand")
        let answer = try await access.send(list).checked(list).json(of: list)
        let offers = (answer["result"]?.array ?? []).compactMap(JobAct.Offer.init)
        guard let offer = act.newest(of: offers) else {
            throw OperationError(
                .failed, "mozart has no job type \(act.jobType), by which HySDS does this",
                hint: "import HySDS's package of lightweight jobs first: 'sds pkg import FILE'")
        }
        let request = WebRequest("GET", "mozart", "/job_spec/type?id=\(WebRequest.segment(offer.jobSpec))")
        let spec = try await access.send(request).checked(request).json(of: request)["result"]
        let queues = spec?["required_queues"] ?? spec?["required-queues"]
        guard let queue = queues?.array?.first?.string else {
            throw OperationError(.failed, "the job specification \(offer.jobSpec) names no queue")
        }
        return (offer, queue)
    }
}
