import Kubernetes
import Testing

@testable import HySDS

@Suite("Counting jobs, running them again, ending them")
struct JobTests {
    private static let keyword: JSONValue = ["keyword": ["type": "keyword"]]
    private static let text: JSONValue = ["text": ["type": "text"]]

    private func field(_ survey: JobSurvey, _ index: Int) -> String? {
        let sources = survey.request(status: nil, after: nil)[path: ["aggs", "groups", "composite", "sources"]]
        return sources?[index]?.object?.values.first?[path: ["terms", "field"]]?.string
    }

    @Test("counts keywords by themselves and texts by the keyword beside them")
    func fields() throws {
        let survey = try JobSurvey(capabilities: [
            "fields": [
                "status": Self.keyword, "type": Self.text, "type.keyword": Self.keyword,
                "job.job_info.job_queue": ["keyword": [:], "unmapped": [:]],
            ]
        ])
        #expect((0..<3).map { field(survey, $0) } == ["status", "job.job_info.job_queue", "type.keyword"])
        let filtered = survey.request(status: "job-failed", after: ["status": "a"])
        #expect(filtered[path: ["query", "term", "status"]] == "job-failed")
        #expect(filtered[path: ["aggs", "groups", "composite", "after", "status"]] == "a")
    }

    @Test("refuses indices of which some have texts and some keywords")
    func mixed() {
        let both: JSONValue = ["fields": ["status": ["keyword": [:], "text": [:]]]]
        #expect(throws: HySDSError.self) { try JobSurvey(capabilities: both) }
    }

    @Test("reads groups, and goes on after a full page only")
    func groups() {
        let bucket: JSONValue = [
            "key": ["status": "job-queued", "queue": .null, "type": "job-x:v1"], "doc_count": 3,
            "oldest": ["value": .number(1_500)],
        ]
        let answer: JSONValue = ["aggregations": ["groups": ["buckets": [bucket], "after_key": ["status": "x"]]]]
        let page = JobSurvey.groups(answer)
        #expect(page.0 == [.init(status: "job-queued", queue: "-", type: "job-x:v1", count: 3, oldest: 1.5)])
        #expect(page.after == nil)
        let full = JSONValue.array(Array(repeating: bucket, count: 1000))
        let more: JSONValue = ["aggregations": ["groups": ["buckets": full, "after_key": ["status": "x"]]]]
        #expect(JobSurvey.groups(more).after == ["status": "x"])
    }

    @Test("takes the short words for statuses, in the order of a job's life")
    func statuses() {
        #expect(JobStatus.full("failed") == "job-failed" && JobStatus.full("job-failed") == "job-failed")
        #expect(["job-completed", "job-odd", "job-queued"].sorted(by: JobStatus.precedes).first == "job-queued")
    }

    @Test("chooses the newest version of HySDS's own job, by numbers")
    func newest() {
        func offer(_ spec: String, _ version: String) -> JobAct.Offer? {
            JobAct.Offer(["hysds_io": .string("io-\(spec)"), "job_spec": .string(spec), "version": .string(version)])
        }
        let offers = [
            offer("job-lw-mozart-retry:v1.9.0", "v1.9.0"), offer("job-lw-mozart-retry:v1.10.0", "v1.10.0"),
            offer("job-lw-mozart-revoke:v2", "v2"), offer("job-lw-mozart-retry-all:v9", "v9"),
        ].compactMap(\.self)
        #expect(JobAct.retry.newest(of: offers)?.version == "v1.10.0")
        #expect(JobAct.revoke.newest(of: offers)?.jobSpec == "job-lw-mozart-revoke:v2")
        #expect(JobAct.retry.newest(of: []) == nil)
    }

    @Test("asks mozart as its user interface does: query and arguments as texts")
    func request() throws {
        let offer = try #require(JobAct.Offer(["hysds_io": "io", "job_spec": "job-lw-mozart-retry:v1"]))
        let request = JobAct.retry.request(offer, queue: "q", ids: ["a", "b"], tag: "t")
        #expect(request["query"] == #"{"ids":{"values":["a","b"]}}"#)
        #expect(request["kwargs"] == #"{"job_priority_increment":"0","retry_count_max":"10"}"#)
        #expect(JobAct.revoke.request(offer, queue: "q", ids: [], tag: "t")["kwargs"] == "{}")
    }
}
