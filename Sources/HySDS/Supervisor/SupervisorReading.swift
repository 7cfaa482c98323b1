internal import Kubernetes

/// Translates one supervisord file: what of each program differs from HySDS's own becomes a setting.
struct SupervisorReading {
    let name: String
    let component: Component
    /// The queue that the file was rendered for; nil for the file of a component.
    let queue: String?
    let rules: SupervisorRules
    let topology: Topology
    var workloads: [String: WorkloadSettings] = [:]
    var queues: [String: WorkloadSettings] = [:]
    var addedQueues: [Queue] = []
    var notes: [String] = []
    var refusals: [HySDSError] = []

    private static let passedOver: Set<String> = [
        "supervisord", "unix_http_server", "inet_http_server", "supervisorctl", "rpcinterface:supervisor",
    ]

    init(name: String, component: Component, queue: String?, rules: SupervisorRules, topology: Topology) {
        self.name = name
        self.component = component
        self.queue = queue
        self.rules = rules
        self.topology = topology
    }

    mutating func read(_ file: SupervisorFile) {
        var found: Set<String> = []
        for section in file.sections {
            guard let program = section.program else {
                guard !Self.passedOver.contains(section.name), !section.name.hasPrefix("group:") else { continue }
                refuse(section, nil, "nothing on Kubernetes takes its place", hint: "take the section out")
                continue
            }
            found.insert(program)
            if let reason = rules.reason(toDrop: program) {
                notes.append("~/.sds/files/\(name): \(program) is left out: \(reason)")
            } else {
                translate(section, program)
            }
        }
        // What HySDS's own file runs and this one doesn't was left out on purpose.
        guard queue == nil else { return }
        for program in (rules.programs[component.rawValue] ?? [:]).keys.sorted() where !found.contains(program) {
            guard let workload = workload(of: program) else { continue }
            workloads[workload.name, default: WorkloadSettings()].isEnabled = false
            notes.append("~/.sds/files/\(name): \(program) isn't in it, so \(workload.name) is off")
        }
    }

    private func workload(of program: String) -> Workload? {
        topology.workloads(of: component).first { $0.programs.contains(program) && !$0.role.isStoreOrJob }
    }

    // MARK: One program

    private mutating func translate(_ section: SupervisorFile.Section, _ program: String) {
        var command = SupervisorCommand(section["command"] ?? "", rules: rules)
        let workload = queue == nil ? workload(of: program) : topology.workers.first { $0.queue == program }
        guard let workload else {
            guard queue == nil, rules.programs[component.rawValue]?[program] != nil else {
                return add(section, program, command)
            }
            // One of HySDS's own, which the profile or the operator's settings turned off.
            return notes.append("~/.sds/files/\(name): \(program) stays off, as the settings or the profile say")
        }
        if let queue, program != queue {
            return refuse(section, nil, "expected the program of the queue \(queue)")
        }
        command.compare(with: workload)
        command.problems.forEach { refuse(section, "command", $0.message, hint: $0.hint) }
        var settings = WorkloadSettings()
        count(section, program, command, of: workload, &settings)
        environment(section, of: workload, &settings)
        others(section)
        if let wanted = command.queue, wanted != workload.queue {
            settings.queue = wanted
            notes.append("~/.sds/files/\(name): \(program) consumes \(wanted)")
        }
        guard settings != WorkloadSettings() else { return }
        if let queue { queues[queue] = settings } else { workloads[workload.name] = settings }
    }

    /// A Celery worker of the operator's own: like the workers of `QUEUES`.
    private mutating func add(_ section: SupervisorFile.Section, _ program: String, _ command: SupervisorCommand) {
        guard command.kind == .celery, let wanted = command.queue, queue == nil else {
            return refuse(
                section, nil, "no workload of k8s/ runs it, and it is no Celery worker of a queue",
                hint: "run it as a Deployment of your own, or take the section out")
        }
        if let present = topology.workers.first(where: { $0.queue == wanted }) {
            return refuse(
                section, nil, "\(present.name) consumes the queue \(wanted) already",
                hint: "raise numprocs of \(present.programs.first ?? present.name) instead")
        }
        command.problems.forEach { refuse(section, "command", $0.message, hint: $0.hint) }
        var settings = WorkloadSettings()
        let total = (number(section) ?? 1) * (command.processes ?? 1)
        if total != 1 { settings.replicas = total }
        if section["autostart"] == "false" { settings.replicas = 0 }
        environment(section, of: topology.workers.first, &settings)
        others(section)
        addedQueues.append(Queue(name: wanted, component: component))
        queues[wanted] = settings
        notes.append("~/.sds/files/\(name): \(program) becomes workers of the queue \(wanted)")
    }

    mutating func refuse(
        _ section: SupervisorFile.Section, _ key: String?, _ message: String, hint: String? = nil
    ) {
        let line =
            key.flatMap { key in section.entries.last { $0.key == key || key.hasPrefix($0.key + ":") }?.line }
            ?? section.line
        let subject = "~/.sds/files/\(name):\(line): [\(section.name)]" + (key.map { " \($0)" } ?? "")
        refusals.append(HySDSError(.template, subject, message, hint: hint))
    }
}

extension Role {
    fileprivate var isStoreOrJob: Bool { self == .store || !isLasting }
}
