package import Kubernetes

/// What can be done to jobs. HySDS does it by jobs of its own ("lightweight jobs"), submitted on demand through mozart as
/// its user interface does; mozart 2.4.0 has no other way.
package enum JobAct: String, Sendable, Codable, CaseIterable {
    case retry, revoke

    /// A job type of this name and any version (repository hysds/lightweight-jobs).
    package var jobType: String { "job-lw-mozart-\(rawValue)" }

    /// A job type that mozart offers on demand: an element of what `GET on-demand` answers.
    package struct Offer: Sendable, Equatable {
        package let hysdsIO: String
        package let jobSpec: String
        package let version: String

        package init?(_ value: JSONValue) {
            guard let hysdsIO = value["hysds_io"]?.string, let jobSpec = value["job_spec"]?.string else { return nil }
            self.hysdsIO = hysdsIO
            self.jobSpec = jobSpec
            version = value["version"]?.string ?? String(jobSpec.split(separator: ":").last ?? "")
        }
    }

    /// The newest of the versions that are registered.
    package func newest(of offers: [Offer]) -> Offer? {
        offers.filter { $0.jobSpec == jobType || $0.jobSpec.hasPrefix(jobType + ":") }
            .max { JobAct.numbers($0.version).lexicographicallyPrecedes(JobAct.numbers($1.version)) }
    }

    /// The request to mozart's `POST on-demand`.
    ///
    /// - Parameters:
    ///   - ids: the documents of the jobs.
    ///   - tag: what the lightweight job is found by.
    package func request(_ offer: Offer, queue: String, ids: [String], tag: String) -> JSONValue {
        let query: JSONValue = ["ids": ["values": .array(ids.map(JSONValue.string))]]
        // Numbers are texts here, as the user interface's form sends them.
        let arguments: JSONValue = self == .retry ? ["retry_count_max": "10", "job_priority_increment": "0"] : [:]
        func text(_ value: JSONValue) -> JSONValue { .string(String(decoding: value.serialized(), as: UTF8.self)) }
        return [
            "tags": .string(tag), "job_type": .string(offer.hysdsIO), "hysds_io": .string(offer.hysdsIO),
            "queue": .string(queue), "priority": 9, "query": text(query), "kwargs": text(arguments),
        ]
    }

    /// `v1.10.2` → 1, 10, 2: what isn't a number comes before all numbers.
    private static func numbers(_ version: String) -> [Int] {
        version.split { !$0.isNumber }.map { Int($0) ?? 0 }
    }
}
