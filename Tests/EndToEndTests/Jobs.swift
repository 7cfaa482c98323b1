import Foundation
import Testing

/// What mozart knows about a job.
struct JobRecord: Sendable {
    let id: String
    let status: String
    let runs: Int
    /// `hysds.VERSION` of the code that ran it.
    let codeVersion: String
    /// The link that HySDS recorded.
    let url: String

    var isOver: Bool { ["job-completed", "job-failed", "job-offline", "job-revoked"].contains(status) }

    /// Nil when the text isn't a job's record.
    init?(_ json: String) {
        guard let fields = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any],
            let id = fields["payload_id"] as? String, let status = fields["status"] as? String
        else { return nil }
        let info = (fields["job"] as? [String: Any])?["job_info"] as? [String: Any]
        self.id = id
        self.status = status
        runs = info?["run_count"] as? Int ?? 0
        codeVersion = info?["code_version"] as? String ?? ""
        url = info?["job_url"] as? String ?? ""
    }
}

extension Operator {
    private var address: String { "\(usesTLS ? "https" : "http")://localhost:8888" }
    /// Python, with the authorities of the pod on the TLS line.
    private var python: [String] { (usesTLS ? ["env", "SSL_CERT_FILE=/sds-trust/ca.crt"] : []) + ["python3"] }

    private func submission() throws -> String {
        try String(contentsOf: Laboratory.sample.appending(path: "submit_job.py"), encoding: .utf8)
    }

    /// Submits a job over mozart's REST interface and waits for its end.
    func runJob(_ command: String = "echo hello", queue: String = SiteSettings.queue) async throws -> JobRecord {
        let words = ["-", address, "--json", "--queue", queue, "--command", command, "--patience", "30"]
        let result = try await sds(
            words: ["run", "mozart-rest", "--"] + python + words, input: try submission(), within: 150)
        guard result.exitCode == 0, let record = JobRecord(result.output) else {
            throw Command.Failure(description: "the job did not complete: \(result)")
        }
        return record
    }

    /// Submits a job of a type that mozart knows already.
    func runJob(ofType type: String, _ command: String = "echo hello") async throws -> JobRecord {
        let words = [
            "-", address, "--json", "--registered", "--type", type, "--queue", SiteSettings.queue, "--command", command,
            "--patience", "30",
        ]
        let result = try await sds(
            words: ["run", "mozart-rest", "--"] + python + words, input: try submission(), within: 150)
        guard result.exitCode == 0, let record = JobRecord(result.output) else {
            throw Command.Failure(description: "the job did not complete: \(result)")
        }
        return record
    }

    /// Submits a job and doesn't wait.
    ///
    /// - Returns: its id.
    func submitJob(_ command: String, queue: String = SiteSettings.queue) async throws -> String {
        let words = ["-", address, "--queue", queue, "--command", command, "--detach", "--patience", "30"]
        let result = try await sds(
            words: ["run", "mozart-rest", "--"] + python + words, input: try submission(), within: 60)
        guard result.exitCode == 0, let id = result.output.split(separator: " ").first else {
            throw Command.Failure(description: "the job was not taken: \(result)")
        }
        return String(id)
    }

    /// Nil as long as mozart doesn't know the job.
    func job(_ id: String) async throws -> JobRecord? {
        let ask = """
            import json, sys, urllib.request
            url = "\(address)/api/v0.1/job/info?id=" + sys.argv[1]
            print(json.dumps(json.load(urllib.request.urlopen(url, timeout=20))["result"]))
            """
        let result = try await kubectl.run(["exec", "deployment/mozart-rest", "--"] + python + ["-c", ask, id])
        return result.exitCode == 0 ? JobRecord(result.output) : nil
    }

    /// Waits until a job's record is as wanted.
    @discardableResult
    func wait(
        forJob id: String, within limit: Double, every pause: Duration = .seconds(1),
        until isSo: (JobRecord) -> Bool
    ) async throws -> JobRecord {
        let start = ContinuousClock.now
        var last: JobRecord?
        while (ContinuousClock.now - start).seconds < limit {
            last = try await job(id)
            if let last, isSo(last) { return last }
            try await Task.sleep(for: pause)
        }
        throw Command.Failure(description: "job \(id) is not as wanted within \(limit) s: \(String(describing: last))")
    }
}
