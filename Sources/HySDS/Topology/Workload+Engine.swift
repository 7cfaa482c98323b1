internal import Kubernetes

extension Workload {
    /// The container of an engine's template that stands for the worker's own.
    private static let standIn = "worker"

    /// Merges what an engine's template says into the pods: its container `worker` into the worker's own, everything
    /// else beside it.
    mutating func add(engine template: KubernetesObject) {
        var addition = template[path: ["template"]] ?? [:]
        if let path = template.annotations[Annotation.engineSocket], let own = settings.engineSocket {
            addition = Self.replacing(path, with: own, in: addition)
        }
        var spec = object[path: KubernetesObject.podSpec] ?? [:]
        for (member, value) in addition["spec"]?.object ?? [:] {
            switch member {
            case "containers", "initContainers":
                spec[member] = .array(merged(spec[member]?.array ?? [], with: value.array ?? []))
            case "volumes":
                // The worker's own volume counts where the template only needs one of that name.
                let own = spec[member]?.array ?? []
                let added = (value.array ?? []).filter { volume in
                    volume["emptyDir"] != [:] || !own.contains { $0["name"] == volume["name"] }
                }
                spec[member] = .array(Self.merged(own, with: added))
            case "securityContext":
                let members = (spec[member]?.object ?? [:]).merging(value.object ?? [:]) { _, new in new }
                spec[member] = .object(members)
            default: spec[member] = value
            }
        }
        if let group = settings.engineGroup {
            spec[path: ["securityContext", "supplementalGroups"]] = [.integer(Int64(group))]
        }
        object[path: KubernetesObject.podSpec] = spec
        if let reason = template.annotations[Annotation.securityReason] {
            object.annotations[Annotation.securityReason] = reason
        }
    }

    private mutating func merged(_ containers: [JSONValue], with added: [JSONValue]) -> [JSONValue] {
        var containers = containers
        for var container in added {
            guard container["name"]?.string == Self.standIn else {
                engineContainers.insert(container["name"]?.string ?? "")
                container.setEnvironment(settings.engineEnvironment)
                Self.set(settings.engineRequests, "requests", of: &container)
                Self.set(settings.engineLimits, "limits", of: &container)
                containers.append(container)
                continue
            }
            guard let index = containers.firstIndex(where: { $0["name"]?.string == name }) else { continue }
            for (member, value) in container.object ?? [:] {
                let own = containers[index][member]?.array ?? []
                switch member {
                case "name": continue
                case "command": containers[index][member] = .array((value.array ?? []) + own)
                case "env": containers[index][member] = .array(Self.merged(own, with: value.array ?? []))
                case "volumeMounts":
                    containers[index][member] = .array(Self.merged(own, with: value.array ?? [], by: "mountPath"))
                default: containers[index][member] = value
                }
            }
        }
        return containers
    }

    private static func set(_ amounts: [String: String], _ kind: String, of container: inout JSONValue) {
        for (name, amount) in amounts { container[path: ["resources", kind, name]] = .string(amount) }
    }

    /// Elements of the same name are replaced, others come after.
    private static func merged(_ list: [JSONValue], with added: [JSONValue], by key: String = "name") -> [JSONValue] {
        var list = list
        for element in added {
            if let index = list.firstIndex(where: { $0[key] == element[key] }) {
                list[index] = element
            } else {
                list.append(element)
            }
        }
        return list
    }

    /// A path as a whole text, or after a scheme.
    private static func replacing(_ path: String, with own: String, in value: JSONValue) -> JSONValue {
        switch value {
        case .string(path): .string(own)
        case .string("unix://" + path): .string("unix://" + own)
        case .array(let elements): .array(elements.map { replacing(path, with: own, in: $0) })
        case .object(let members): .object(members.mapValues { replacing(path, with: own, in: $0) })
        default: value
        }
    }
}
