internal import FoundationEssentials
package import Kubernetes

/// What a workload was at one sequence number: kept in the cluster, so that anybody can go back to it.
///
/// It names its content (chunks, secret files) and holds no secret itself.
package struct Revision: Equatable, Sendable {
    package let workload: String
    package let wanted: WantedRelease
    package let object: KubernetesObject

    package init(workload: String, wanted: WantedRelease, object: KubernetesObject) {
        self.workload = workload
        self.wanted = wanted
        self.object = object
    }

    package static func name(workload: String, sequence: Int) -> String {
        "sds-revision-\(workload)-\(sequence)"
    }

    /// The immutable ConfigMap that keeps it.
    package func record(namespace: String) -> KubernetesObject {
        var record = KubernetesObject([
            "apiVersion": "v1", "kind": "ConfigMap", "immutable": true,
            "metadata": ["name": .string(Revision.name(workload: workload, sequence: wanted.sequence))],
            "data": [
                "wanted.json": .string(wanted.json),
                "object.json": .string(String(decoding: object.json.serialized(), as: UTF8.self)),
            ],
        ])
        record.namespace = namespace
        record.labels = [
            RecordNames.kindLabel: "revision", RecordNames.managedBy: "sds", RecordNames.partOf: "hysds",
            RecordNames.name: workload,
        ]
        return record
    }

    /// - Throws: `DecodingError` for a record of another form.
    package init(workload: String, record: KubernetesObject) throws {
        let wanted = record[path: ["data", "wanted.json"]]?.string ?? ""
        let object = record[path: ["data", "object.json"]]?.string ?? ""
        self.init(
            workload: workload, wanted: try JSONDecoder().decode(WantedRelease.self, from: Data(wanted.utf8)),
            object: KubernetesObject(try JSONValue(parsing: Array(object.utf8))))
    }

    /// The same under another sequence number: pods take it although it is older in content.
    package func renumbered(_ sequence: Int, by identity: Identity, at time: String) -> Revision {
        var object = object
        if let path = PodTemplate.path(of: object) {
            let text = JSONValue.string(String(sequence))
            object[path: path + ["metadata", "annotations", RecordNames.sequence]] = text
            for kind in ["initContainers", "containers"] {
                let containers = object[path: path + ["spec", kind]]?.array
                object[path: path + ["spec", kind]] = containers.map { list in
                    .array(list.map { $0.settingEnvironment("SDS_SEQUENCE", to: text) })
                }
            }
        }
        if object.annotations[RecordNames.sequence] != nil {
            object.annotations[RecordNames.sequence] = String(sequence)
        }
        var wanted = wanted
        wanted.copyOf = wanted.copyOf ?? wanted.sequence
        wanted.sequence = sequence
        wanted.identity = identity
        wanted.time = time
        return Revision(workload: workload, wanted: wanted, object: object)
    }
}

extension JSONValue {
    /// A container with an environment variable set that it has already; others stay as they are.
    fileprivate func settingEnvironment(_ name: String, to value: JSONValue) -> JSONValue {
        guard let variables = self["env"]?.array else { return self }
        var copy = self
        copy["env"] = .array(
            variables.map { variable in
                guard variable["name"]?.string == name else { return variable }
                var changed = variable
                changed["value"] = value
                return changed
            })
        return copy
    }
}
