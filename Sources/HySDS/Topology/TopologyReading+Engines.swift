internal import Kubernetes

extension TopologyReading {
    mutating func addEngine(_ entry: Manifest.Entry) {
        let word = entry.object.labels[Annotation.engine]
        guard let engine = word.flatMap(WorkloadSettings.Engine.init(rawValue:)), engine != .none else {
            return complain(
                "\(entry.place): \(entry.object.name)",
                "\(Annotation.engine): expected sidecar or socket, found \(word.map { "'\($0)'" } ?? "nothing")")
        }
        engines[engine] = entry.object
    }

    /// The namespace, and the engine that puts a worker into the second one.
    mutating func place(_ index: Int) {
        let workload = workloads[index]
        workloads[index].namespace = settings.namespace
        guard workload.engine != .none else { return }
        let subject = "\(file): \(workload.name)"
        guard workload.role == .worker else {
            return complain(subject, "engine: only workers run jobs, and this is a \(workload.role.rawValue)")
        }
        guard let template = engines[workload.engine] else {
            return complain(subject, "engine: k8s/engines has no '\(workload.engine.rawValue)'")
        }
        workloads[index].namespace = settings.jobsNamespace
        workloads[index].add(engine: template)
    }

    /// What scalers log in with, by name, each with the store that it belongs to.
    var logins: [String: (KubernetesObject, Workload)] {
        var logins: [String: (KubernetesObject, Workload)] = [:]
        for workload in workloads {
            for object in workload.companions where object.annotations[Annotation.secretOf] != nil {
                logins[object.name] = (object, workload)
            }
        }
        return logins
    }
}
