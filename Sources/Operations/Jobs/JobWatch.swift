internal import HySDS
internal import Kubernetes

/// Looks at jobs until what was asked for is so, and at the lightweight job that does it.
struct JobWatch {
    /// How long the index may lag behind: Logstash's queue and the index's refresh interval of 5 s.
    private static let settle: Duration = .seconds(30)

    private let store: SearchStore
    private let act: JobAct
    /// The task of each job before, by the job's id.
    private let tasks: [String: String]
    private var report: JobControlReport
    private var doer: (status: String, error: String?)?
    private var doneSince: ContinuousClock.Instant?

    init(_ access: Access, _ act: JobAct, _ jobs: [JobRecord], _ report: JobControlReport) {
        store = SearchStore(access, "mozart-es")
        self.act = act
        tasks = Dictionary(jobs.map { ($0.id, $0.task) }, uniquingKeysWith: { first, _ in first })
        self.report = report
    }

    /// - Returns: true when nothing more will happen.
    mutating func look() async throws -> Bool {
        let open = report.jobs.filter { $0.outcome == .planned }.map(\.id)
        for (id, task, status) in try await states(open) { note(id, task, status) }
        guard report.jobs.contains(where: { $0.outcome == .planned }) else { return true }
        try await lookAtDoer()
        guard let doneSince else { return false }
        return doneSince.duration(to: .now) > JobWatch.settle
    }

    /// The report, with what is still open judged by how the lightweight job ended.
    mutating func ended() -> JobControlReport {
        let hasSucceeded = doer?.status == "job-completed"
        for index in report.jobs.indices where report.jobs[index].outcome == .planned {
            let isWaiting = report.jobs[index].status == "job-queued"
            report.jobs[index].outcome =
                if doneSince == nil { .unknown } else if act == .revoke && hasSucceeded && isWaiting { .marked } else {
                    .failed
                }
        }
        if report.jobs.contains(where: { !$0.outcome.isDone && $0.outcome != .ended }) { report.causes = causes }
        return report
    }

    private var causes: [String] {
        guard let doer else {
            return ["no job with the tag \(report.tag ?? "") came: do on-demand-job and the orchestrator run?"]
        }
        return ["the job with the tag \(report.tag ?? "") is \(doer.status)" + (doer.error.map { ": \($0)" } ?? "")]
    }

    private mutating func note(_ id: String, _ task: String, _ status: String) {
        guard let index = report.jobs.firstIndex(where: { $0.id == id }) else { return }
        report.jobs[index].status = status
        switch act {
        case .retry: if task != tasks[id] { report.jobs[index].outcome = .retried }
        case .revoke:
            if status == "job-revoked" {
                report.jobs[index].outcome = .revoked
            } else if JobStatus.final.contains(status) {
                report.jobs[index].outcome = .ended
            }
        }
    }

    private func states(_ ids: [String]) async throws -> [(String, String, String)] {
        let hits = try await search(
            ["ids": ["values": .array(ids.map(JSONValue.string))]], size: ids.count * 2,
            ["uuid", "status", "@timestamp"])
        // A retry from an older index may leave two for a moment: the newer one counts.
        return hits.sorted { time($0) < time($1) }.map { hit in
            (
                hit["_id"]?.string ?? "", hit[path: ["_source", "uuid"]]?.string ?? "",
                hit[path: ["_source", "status"]]?.string ?? ""
            )
        }
    }

    private mutating func lookAtDoer() async throws {
        guard let tag = report.tag else { return }
        let terms = ["tags", "tags.keyword"].map { JSONValue.object(["term": .object([$0: .string(tag)])]) }
        let hits = try await search(
            ["bool": ["should": .array(terms)]], size: 10, ["status", "error", "short_error", "@timestamp", "job.type"])
        guard let hit = hits.max(by: { time($0) < time($1) }), let status = hit[path: ["_source", "status"]]?.string
        else { return }
        let error = hit[path: ["_source", "error"]] ?? hit[path: ["_source", "short_error"]]
        doer = (status, error?.string.map { String($0.prefix(500)) })
        if JobStatus.final.contains(status), doneSince == nil { doneSince = .now }
    }

    private func time(_ hit: JSONValue) -> String { hit[path: ["_source", "@timestamp"]]?.string ?? "" }

    private func search(_ query: JSONValue, size: Int, _ fields: [JSONValue]) async throws -> [JSONValue] {
        let answer = try await store.search(
            JobSurvey.index, ["size": .integer(Int64(size)), "query": query, "_source": .array(fields)])
        return answer?[path: ["hits", "hits"]]?.array ?? []
    }
}
