/// What `ship` did: per pod its receipt, or why there is none.
package struct ShipReport: Sendable, Encodable, Equatable {
    /// When a pod's program changes over to the release.
    package enum Taking: String, Sendable, Encodable {
        /// It runs it already.
        case running
        /// Nothing runs in it: the program starts again at once.
        case now
        case afterItsJob = "after-its-job"
        /// `sds-drain` holds it down; it takes the release when it is resumed.
        case whenResumed = "when-resumed"
        /// Nothing had run in it yet: its successor comes from the new template.
        case replaced
        /// It ended meanwhile.
        case gone
    }

    package struct Pod: Sendable, Encodable, Equatable {
        package var workload: String
        package var pod: String
        package var taking: Taking?
        package var receipt: Receipt?
        /// Bytes of the release that the pod didn't hold.
        package var sent = 0
        package var seconds = 0.0
        package var failure: String?
        /// The sequence number that the pod's jobs still run.
        package var former: Int?

        /// Where it lives.
        package var namespace: String?

        package init(workload: String, pod: String, namespace: String? = nil) {
            self.workload = workload
            self.pod = pod
            self.namespace = namespace
        }
    }

    package var apiVersion = "sds/v1"
    package var kind = "Ship"
    package var isDryRun: Bool
    /// What is done before the pods: recorded, uploaded, applied.
    package var plan: Plan
    package var pods: [Pod] = []
    /// Sequence number of each workload's release.
    package var sequences: [String: Int] = [:]
    /// For workers outside the cluster, by queue.
    package var bundles: [BundleReport] = []
    /// With a dry run: where bundles would be written to.
    package var bundlePlaces: [String] = []

    package var failures: [Pod] { pods.filter { $0.failure != nil } }
    package var finishing: Int { pods.count { $0.taking == .afterItsJob } }
}
