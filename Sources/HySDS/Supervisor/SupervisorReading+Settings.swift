internal import Kubernetes

/// What a program says of its processes, its environment and the rest.
extension SupervisorReading {
    mutating func number(_ section: SupervisorFile.Section) -> Int? {
        guard let text = section["numprocs"] else { return nil }
        guard let number = Int(text), number >= 0 else {
            refuse(section, "numprocs", "expected a whole number, found '\(text)'")
            return nil
        }
        return number
    }

    /// Light queues: many of Celery's processes in few pods. Job queues: one process a pod.
    mutating func count(
        _ section: SupervisorFile.Section, _ program: String, _ command: SupervisorCommand, of workload: Workload,
        _ settings: inout WorkloadSettings
    ) {
        let standard = queue == nil ? rules.programs[component.rawValue]?[program] ?? 1 : 1
        let number = number(section) ?? 1
        if section["autostart"]?.lowercased() == "false" {
            settings.replicas = 0
            notes.append("~/.sds/files/\(name): \(program) isn't started by itself, so \(workload.name) has 0 pods")
            return
        }
        switch command.kind {
        case .celery:
            let total = number * (command.processes ?? 1)
            guard total != standard else { return }
            if workload.isLight && total > 1 {
                let pods = (total + rules.processesPerPod - 1) / rules.processesPerPod
                settings.replicas = pods
                settings.processes = (total + pods - 1) / pods
            } else {
                settings.replicas = total
                if workload.isLight { settings.processes = 1 }
            }
            let processes = settings.processes.map { " of \(Self.count($0, "process", "processes"))" } ?? ""
            notes.append(
                "~/.sds/files/\(name): \(program) has \(Self.count(total, "process", "processes")) instead of \(standard): "
                    + "\(workload.name) has \(Self.count(settings.replicas ?? 1, "pod", "pods"))\(processes)")
        case .gunicorn:
            if let processes = command.processes, processes != rules.gunicornWorkers {
                settings.processes = processes
                notes.append(
                    "~/.sds/files/\(name): \(program) has \(processes) processes instead of \(rules.gunicornWorkers)")
            }
            if number != 1 { settings.replicas = number }
        case .other:
            guard number != standard else { return }
            guard workload.role != .singleton || number == 0 else {
                return refuse(section, "numprocs", "\(workload.name) must run once, found \(number)")
            }
            settings.replicas = number
        }
    }

    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    mutating func environment(
        _ section: SupervisorFile.Section, of workload: Workload?, _ settings: inout WorkloadSettings
    ) {
        guard let text = section["environment"] else { return }
        guard let variables = ShellWords.assignments(text) else {
            return refuse(section, "environment", "expected NAME=\"value\",NAME=\"value\"")
        }
        let own = workload?.environmentNames ?? []
        for (variable, value) in variables where !own.contains(variable) && !rules.ofHosts.contains(variable) {
            let subject = "environment: \(variable)"
            if ["PATH", "PYTHONPATH", "LD_LIBRARY_PATH"].contains(variable) {
                refuse(
                    section, subject, "a folder of a host; a pod has its own",
                    hint: "code trees come from OPS_HOME/mozart/ops; take the variable out")
            } else if KnownKey.isSecret(variable) {
                refuse(
                    section, subject, "a secret can't be an environment variable: job folders would show it",
                    hint: "put it into a template of ~/.sds/files that the program reads")
            } else if value.contains("%(") {
                refuse(section, subject, "expected a value without supervisord's %(…)s")
            } else if value.contains("__"), value.hasPrefix("__") {
                refuse(section, subject, "expected a value, found a mark that a host's install.sh filled in")
            } else {
                settings.environment[variable] = value.replacing("%%", with: "%")
            }
        }
        if !settings.environment.isEmpty {
            notes.append(
                "~/.sds/files/\(name): \(section.program ?? section.name) gets \(settings.environment.keys.sorted().joined(separator: ", "))"
            )
        }
    }

    /// Keys that nothing above reads.
    mutating func others(_ section: SupervisorFile.Section) {
        var seen: Set<String> = []
        for entry in section.entries where seen.insert(entry.key).inserted && !rules.needless.contains(entry.key) {
            switch entry.key {
            case "command", "numprocs", "environment", "autostart": continue
            case "stopsignal" where entry.value.uppercased().hasSuffix("TERM"): continue
            case "stopwaitsecs":
                refuse(
                    section, entry.key, "a pod ends when its job has",
                    hint:
                        "set longest-job-seconds and drain-seconds under kubernetes.queues or workloads, and take the key out"
                )
            default:
                refuse(section, entry.key, "no setting of a workload means the same", hint: "take the key out")
            }
        }
    }
}

extension Workload {
    /// Whether `k8s/` gives its pods several of Celery's processes: jobs that only ask and submit.
    fileprivate var isLight: Bool {
        (object.environment(ofContainer: name)["SDS_PROCESSES"] ?? nil).flatMap { Int($0) } ?? 1 > 1
    }

    fileprivate var environmentNames: Set<String> { Set(object.environment(ofContainer: name).keys) }
}
