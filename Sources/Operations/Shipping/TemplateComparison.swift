package import Kubernetes

/// Whether two descriptions of a workload's pods differ in anything but the release, which is all that can be shipped
/// into a pod that runs.
package enum TemplateComparison {
    /// What says which release it is, and which trees are in it: a supervisor finds those in the release as well.
    private static let releaseVariables: Set<String> = ["SDS_RELEASE", "SDS_SEQUENCE", "SDS_TREES"]

    /// The pod template without what names the release, its sequence number and the generation of the secret files.
    package static func fixedParts(of object: KubernetesObject) -> JSONValue {
        guard let path = PodTemplate.path(of: object), var template = object[path: path] else { return .null }
        for name in [RecordNames.release, RecordNames.sequence, RecordNames.secrets] {
            template[path: ["metadata", "annotations", name]] = nil
        }
        if template[path: ["metadata", "annotations"]]?.object?.isEmpty == true {
            template[path: ["metadata", "annotations"]] = nil
        }
        for kind in ["initContainers", "containers"] {
            guard let containers = template[path: ["spec", kind]]?.array else { continue }
            template[path: ["spec", kind]] = .array(
                containers.map { container in
                    var container = container
                    container["env"] = .array(
                        (container["env"]?.array ?? []).filter {
                            !releaseVariables.contains($0["name"]?.string ?? "")
                        })
                    return container
                })
        }
        template[path: ["spec", "volumes"]] = .array(
            (template[path: ["spec", "volumes"]]?.array ?? []).filter { $0["name"]?.string != "sds-chunks" })
        return template
    }

    /// What a new pod would have beside another release: the paths that differ, a few of them.
    package static func differences(from old: KubernetesObject, to new: KubernetesObject) -> [String] {
        var paths: [String] = []
        compare(fixedParts(of: old), fixedParts(of: new), "", &paths)
        return paths
    }

    private static func compare(_ old: JSONValue?, _ new: JSONValue?, _ path: String, _ paths: inout [String]) {
        guard old != new, paths.count < 5 else { return }
        switch (old, new) {
        case (.object(let left)?, .object(let right)?):
            for key in Set(left.keys).union(right.keys).sorted() {
                compare(left[key], right[key], path.isEmpty ? key : "\(path).\(key)", &paths)
            }
        case (.array(let left)?, .array(let right)?):
            guard let key = JSONValue.mergeKey(of: left), let other = JSONValue.mergeKey(of: right), key == other else {
                return paths.append(path)
            }
            for name in Set((left + right).compactMap { $0[key]?.text }).sorted() {
                compare(
                    left.first { $0[key]?.text == name }, right.first { $0[key]?.text == name }, "\(path)[\(name)]",
                    &paths)
            }
        default: paths.append(path)
        }
    }
}

extension JSONValue {
    fileprivate var text: String? { string ?? integer.map(String.init) }
}
