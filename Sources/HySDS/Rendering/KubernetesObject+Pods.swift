internal import Kubernetes

extension KubernetesObject {
    static let podTemplate = ["spec", "template"]
    static let podSpec = podTemplate + ["spec"]

    var podAnnotations: [String: String] {
        get { (self[path: Self.podTemplate + ["metadata", "annotations"]]?.object ?? [:]).compactMapValues(\.string) }
        set {
            self[path: Self.podTemplate + ["metadata", "annotations"]] = .object(newValue.mapValues(JSONValue.string))
        }
    }

    var podLabels: [String: String] {
        get { (self[path: Self.podTemplate + ["metadata", "labels"]]?.object ?? [:]).compactMapValues(\.string) }
        set { self[path: Self.podTemplate + ["metadata", "labels"]] = .object(newValue.mapValues(JSONValue.string)) }
    }

    /// Changes every container, init containers included.
    mutating func changeContainers(_ change: (inout JSONValue) -> Void) {
        for list in ["initContainers", "containers"] {
            guard var containers = self[path: Self.podSpec + [list]]?.array else { continue }
            for index in containers.indices { change(&containers[index]) }
            self[path: Self.podSpec + [list]] = .array(containers)
        }
    }

    /// Changes the container that is called like the workload, else the first one.
    mutating func changeMainContainer(_ workload: String, _ change: (inout JSONValue) -> Void) {
        guard var containers = self[path: Self.podSpec + ["containers"]]?.array, !containers.isEmpty else { return }
        change(&containers[containers.firstIndex { $0["name"]?.string == workload } ?? 0])
        self[path: Self.podSpec + ["containers"]] = .array(containers)
    }

    mutating func changeVolume(_ name: String, _ change: (inout JSONValue) -> Void) {
        guard var volumes = self[path: Self.podSpec + ["volumes"]]?.array,
            let index = volumes.firstIndex(where: { $0["name"]?.string == name })
        else { return }
        change(&volumes[index])
        self[path: Self.podSpec + ["volumes"]] = .array(volumes)
    }

    func hasVolume(_ name: String) -> Bool {
        self[path: Self.podSpec + ["volumes"]]?.array?.contains { $0["name"]?.string == name } ?? false
    }

    /// Sets or replaces variables of one container.
    mutating func setEnvironment(_ variables: [String: String], ofContainer name: String) {
        changeMainContainer(name) { $0.setEnvironment(variables) }
    }
}

extension JSONValue {
    /// Sets or replaces variables of a container, in the order of their names.
    mutating func setEnvironment(_ variables: [String: String]) {
        guard !variables.isEmpty else { return }
        var list = self["env"]?.array ?? []
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            let entry: JSONValue = ["name": .string(name), "value": .string(value)]
            if let index = list.firstIndex(where: { $0["name"]?.string == name }) {
                list[index] = entry
            } else {
                list.append(entry)
            }
        }
        self["env"] = .array(list)
    }
}
