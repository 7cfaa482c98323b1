/// The words of HySDS for where a job is (hysds' `log_utils.py`), and how operators shorten them.
package enum JobStatus {
    /// In the order in which a job goes through them.
    package static let known = [
        "job-queued", "job-started", "job-offline", "job-failed", "job-revoked", "job-deduped", "job-completed",
    ]
    /// What a job doesn't leave by itself.
    package static let final: Set<String> = [
        "job-offline", "job-failed", "job-revoked", "job-deduped", "job-completed",
    ]

    /// `queued` for `job-queued`.
    package static func full(_ word: String) -> String { word.hasPrefix("job-") ? word : "job-\(word)" }

    package static func precedes(_ left: String, _ right: String) -> Bool {
        func rank(_ status: String) -> Int { known.firstIndex(of: status) ?? known.count }
        return (rank(left), left) < (rank(right), right)
    }
}
