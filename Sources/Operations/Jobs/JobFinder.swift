internal import HySDS
package import Kubernetes

/// A job as mozart knows it.
package struct JobRecord: Sendable, Equatable {
    /// The id of its document: what mozart's REST interface and user interface call it by.
    package let id: String
    package let document: JSONValue

    package var status: String { document["status"]?.string ?? "" }
    /// The task that runs it, another one after each retry.
    var task: String { document["uuid"]?.string ?? "" }
}

/// Finds jobs by any of their three names.
struct JobFinder: Sendable {
    let access: Access

    /// By the document's id as mozart answers it, else by the job's id (`job-NAME-20260131T235959.123Z`) or its task's.
    func find(_ id: String) async throws -> JobRecord? {
        if let document = try await info(id) { return JobRecord(id: id, document: document) }
        let fields = ["job_id", "job_id.keyword", "uuid", "uuid.keyword"]
        let terms = fields.map { JSONValue.object(["term": .object([$0: .string(id)])]) }
        let answer = try await SearchStore(access, "mozart-es").search(
            JobSurvey.index,
            ["size": 5, "query": ["bool": ["should": .array(terms)]], "_source": ["job_id", "uuid", "payload_id"]])
        let hits = answer?[path: ["hits", "hits"]]?.array ?? []
        let hit = hits.first {
            [$0[path: ["_source", "job_id"]]?.string, $0[path: ["_source", "uuid"]]?.string].contains(id)
        }
        guard let found = hit?["_id"]?.string, let document = try await info(found) else { return nil }
        return JobRecord(id: found, document: document)
    }

    /// - Throws: `OperationError` naming all that aren't known.
    func find(_ ids: [String]) async throws -> [JobRecord] {
        var found: [JobRecord] = []
        var unknown: [String] = []
        for id in ids {
            guard let job = try await find(id) else {
                unknown.append(id)
                continue
            }
            if !found.contains(where: { $0.id == job.id }) { found.append(job) }
        }
        guard unknown.isEmpty else {
            throw OperationError(
                .failed, "mozart knows no job \(unknown.joined(separator: ", "))",
                hint: "a job is known when its first status is indexed; 'sds reset mozart' forgets all")
        }
        return found
    }

    private func info(_ id: String) async throws -> JSONValue? {
        let request = WebRequest("GET", "mozart", "/job/info?id=\(WebRequest.segment(id))")
        let reply = try await access.send(request)
        if reply.status == 404 { return nil }
        return try reply.checked(request).json(of: request)["result"]
    }
}

/// Everything that mozart knows of one job.
package struct JobInfo: Sendable {
    private let id: String

    package init(_ id: String) {
        self.id = id
    }

    package func callAsFunction(_ session: Session) async throws -> JobRecord {
        try await session.withAccess { access in
            try await JobFinder(access: access).find([id])[0]
        }
    }
}
