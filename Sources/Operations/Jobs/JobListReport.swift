internal import HySDS

/// The answer of `job list`.
package struct JobListReport: Sendable, Encodable, Equatable {
    package struct Status: Sendable, Encodable, Equatable {
        package let status: String
        package let count: Int
    }

    package struct Group: Sendable, Encodable, Equatable {
        package let status: String
        package let queue: String
        package let type: String
        package let count: Int
        /// Seconds since the oldest of them came to this status.
        package let oldestSeconds: Int?
    }

    package let apiVersion = "sds/v1"
    package let kind = "JobList"
    package let total: Int
    package let statuses: [Status]
    package let groups: [Group]

    /// - Parameter now: seconds since 1970.
    init(status: String?, groups: [JobSurvey.Group], now: Double) {
        total = groups.reduce(0) { $0 + $1.count }
        statuses = Dictionary(grouping: groups, by: \.status).map { status, groups in
            Status(status: status, count: groups.reduce(0) { $0 + $1.count })
        }.sorted { JobStatus.precedes($0.status, $1.status) }
        self.groups = groups.map { group in
            Group(
                status: group.status, queue: group.queue, type: group.type, count: group.count,
                oldestSeconds: group.oldest.map { max(0, Int(now - $0)) })
        }.sorted { left, right in
            guard left.status == right.status else { return JobStatus.precedes(left.status, right.status) }
            return (-left.count, left.queue, left.type) < (-right.count, right.queue, right.type)
        }
    }
}
