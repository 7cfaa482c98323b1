/// The configuration of a test: what differs from the single-node profile.
struct SiteSettings: Sendable {
    var venue = "e2e"
    /// Images that replace those of the map, by their name in `k8s/`.
    var images: [String: String] = [:]
    /// Images of the map that the configuration doesn't name.
    var unnamed: Set<String> = []
    /// Workloads that are switched off.
    var off: [String] = []
    /// Settings of single workloads in YAML's flow form, by name.
    var workloads: [String: String] = [:]
    /// Further settings of `kubernetes`, as YAML's flow form, by key.
    var cluster: [String: String] = [:]
    /// More lines of the configuration.
    var more: [String] = []
    /// Settings of the queue, in YAML's flow form.
    var queueSettings = "{drain-seconds: 10, longest-job-seconds: 900}"
    var keda = false

    static let queue = "e2e-job_worker-small"
    /// The workload that sds makes of the queue.
    static let worker = "e2e-job-worker-small"

    /// What a job needs to run: REST service, orchestrator, one queue, and their stores.
    static let small = SiteSettings(off: [
        "grq2", "pele", "hysds-front", "process-events", "process-events-tasks", "orchestrator-datasets",
        "user-rules-job", "user-rules-dataset", "user-rules-trigger", "on-demand-job", "on-demand-dataset",
        "system-jobs-queue", "factotum-job-worker-small", "work-files",
    ])

    /// The same, and the workers' image is what `sds build` recorded.
    static let baked = {
        var settings = small
        settings.unnamed = ["hysds/worker"]
        return settings
    }()

    /// The same with a worker of factotum's beside the queue's.
    static let delivery = SiteSettings(off: small.off.filter { $0 != "factotum-job-worker-small" })

    /// A small system with all that rules, jobs on demand and dashboards need; states of jobs are indexed.
    static let rules = SiteSettings(
        off: small.off.filter { !["on-demand-job", "system-jobs-queue"].contains($0) },
        workloads: [
            "kibana": "{enabled: true, resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 256Mi}}}",
            "mozart-logstash":
                "{enabled: true, resources: {requests: {cpu: 10m, memory: 48Mi}, limits: {memory: 256Mi}}}",
        ])

    /// HySDS 6's line: everything that a job needs speaks TLS, and the front and pele do as well.
    static let tls: SiteSettings = {
        var settings = SiteSettings(off: small.off.filter { !["pele", "hysds-front"].contains($0) })
        settings.cluster = ["tls": "{days: 25}", "front": "{auth: none-i-know-it-is-open}"]
        return settings
    }()

    /// Jobs in containers beside the queue's worker, and a scaler for it.
    static let engines = SiteSettings(
        off: small.off, queueSettings: "{drain-seconds: 10, longest-job-seconds: 900, engine: sidecar, max: 3}",
        keda: true)

    /// All of the single-node profile; REST in two pods, so that an update leaves no gap.
    static let full = SiteSettings(workloads: ["grq2": "{replicas: 2}"])

    func text(namespace: String, images map: [String: String]) -> String {
        var lines = [
            "VENUE: \(venue)", "QUEUES:", "  - QUEUE_NAME: \(SiteSettings.queue)", "    INSTANCE_TYPES: [t3.medium]",
        ]
        lines += more
        lines += [
            "kubernetes:", "  namespace: \(namespace)", "  profile: single-node", "  image-pull-policy: IfNotPresent",
            "  keda: \(keda)", "  images:",
        ]
        var map = map
        // On the TLS line another image than -oss is asked for; the stand-in is both.
        let search = "docker.elastic.co/elasticsearch/elasticsearch"
        map[search] = map[search] ?? map[search + "-oss"]
        lines += map.merging(images) { _, own in own }.filter { !unnamed.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "    \($0): \($1)" }
        lines += cluster.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
        lines += [
            "  queues:", "    \(SiteSettings.queue): \(queueSettings)", "  workloads:", "    flower: {enabled: false}",
        ]
        lines += off.map { "    \($0): {enabled: false}" }
        lines += workloads.sorted { $0.key < $1.key }.map { "    \($0): \($1)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
