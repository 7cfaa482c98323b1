internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// How many jobs there are, by status, queue and type, and how old the oldest of each are.
package struct JobList: Sendable {
    private let status: String?

    /// - Parameter status: only jobs of this one: `job-queued` or `queued`.
    package init(status: String?) {
        self.status = status.map(JobStatus.full)
    }

    package func callAsFunction(_ session: Session) async throws -> JobListReport {
        let groups: [JobSurvey.Group] = try await session.withAccess { access in
            try await self.groups(SearchStore(access, "mozart-es"))
        }
        if let status, groups.isEmpty, !JobStatus.known.contains(status) {
            throw OperationError(
                .usage, "no job has the status '\(status)'; \(Names.hint(for: status, among: JobStatus.known))")
        }
        return JobListReport(status: status, groups: groups, now: Date().timeIntervalSince1970)
    }

    private func groups(_ store: SearchStore) async throws -> [JobSurvey.Group] {
        let path = "/\(JobSurvey.index)/_field_caps?ignore_unavailable=true&allow_no_indices=true&fields="
        guard let capabilities = try await store.json("GET", path + JobSurvey.askedFields) else { return [] }
        let survey: JobSurvey
        do {
            survey = try JobSurvey(capabilities: capabilities)
        } catch {
            throw OperationError(.failed, "\(error.subject): \(error.message)", hint: error.hint)
        }
        var groups: [JobSurvey.Group] = []
        var position: JSONValue?
        repeat {
            let answer = try await store.search(
                JobSurvey.index, survey.request(status: status, after: position))
            guard let answer else { break }
            if let failed = answer[path: ["_shards", "failed"]]?.integer, failed > 0 {
                throw OperationError(.failed, "\(failed) shards with jobs didn't answer", hint: "see 'sds status'")
            }
            let page = JobSurvey.groups(answer)
            groups += page.0
            position = page.after
        } while position != nil
        return groups
    }
}
