/// What the operator's supervisord files say differently from HySDS's own, as settings of workloads and queues.
package struct SupervisorOverrides: Sendable {
    /// By workload.
    package internal(set) var workloads: [String: WorkloadSettings] = [:]
    /// By queue.
    package internal(set) var queues: [String: WorkloadSettings] = [:]
    /// Celery workers that `k8s/` has none for: made like the workers of `QUEUES`, in their own component.
    package internal(set) var addedQueues: [Queue] = []
    /// What was done with each program that differs, a line each.
    package internal(set) var notes: [String] = []
    /// What can't be translated, by file, section and key.
    package internal(set) var refusals: [HySDSError] = []

    package var isEmpty: Bool { workloads.isEmpty && queues.isEmpty && addedQueues.isEmpty }

    /// - Parameter rendering: renders the files, which are templates.
    /// - Throws: when `conf/supervisor.yaml` is damaged.
    package init(rendering: FileRendering, topology: Topology, installation: Installation) throws(HySDSErrors) {
        let names = rendering.texts.user.keys.filter(SupervisorFiles.isOne).sorted()
        guard !names.isEmpty else { return }
        let rules = try SupervisorRules(installation: installation)
        for name in names {
            let texts: [(queue: String?, context: [String: ConfigurationValue])] =
                name == SupervisorFiles.ofQueues
                ? rendering.configuration.queues.map { ($0.name, ["queue": .text($0.name)]) } : [(nil, [:])]
            for (queue, context) in texts {
                do {
                    let file = SupervisorFile(
                        try rendering.text(ofUserFile: name, with: context), file: "~/.sds/files/\(name)")
                    refusals += file.errors
                    var reading = SupervisorReading(
                        name: name, component: SupervisorFiles.component(of: name) ?? .verdi, queue: queue,
                        rules: rules,
                        topology: topology)
                    reading.read(file)
                    take(reading)
                } catch {
                    refusals.append(error)
                }
            }
        }
        var seen: Set<HySDSError> = []
        refusals = refusals.filter { seen.insert($0).inserted }
    }

    private mutating func take(_ reading: SupervisorReading) {
        workloads.merge(reading.workloads) { _, last in last }
        queues.merge(reading.queues) { _, last in last }
        addedQueues += reading.addedQueues.filter { new in !addedQueues.contains { $0.name == new.name } }
        notes += reading.notes
        refusals += reading.refusals
    }
}

extension Configuration {
    /// The configuration with what supervisord files say, below the operator's own settings.
    package func taking(_ overrides: SupervisorOverrides) -> Configuration {
        var copy = self
        copy.kubernetes.overrides = overrides.workloads
        copy.kubernetes.queueOverrides = overrides.queues
        copy.queues += overrides.addedQueues.filter { new in !queues.contains { $0.name == new.name } }
        return copy
    }
}
