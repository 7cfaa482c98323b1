package import Kubernetes

/// One field of an object that an update would change: `spec.template.spec.containers[rest].image: old → new`.
package struct FieldChange: Equatable, Sendable, Encodable {
    package var path: String
    /// Nil when the field is new.
    package var old: String?
    /// Nil when the field goes.
    package var new: String?

    private static let mostCharacters = 240

    /// - Parameters:
    ///   - live: the object in the cluster; what the server added doesn't count.
    ///   - desired: the object as it would be applied.
    ///   - former: the object as it was applied last; what it said and `desired` doesn't is removed.
    package static func between(
        _ live: KubernetesObject, and desired: KubernetesObject, former: KubernetesObject? = nil
    ) -> [FieldChange] {
        var walk = Walk()
        walk.visit(bare(live).json, bare(desired).json, former.map { bare($0).json }, "")
        return walk.changes
    }

    /// Without what only follows from another release or secret generation: the files say more.
    private static func bare(_ object: KubernetesObject) -> KubernetesObject {
        let template = PodTemplate.path(of: object)
        var object = object
        object.json["apiVersion"] = nil
        object.json["status"] = nil
        object[path: ["metadata", "annotations", RecordNames.spec]] = nil
        guard let path = template, !path.isEmpty else { return object }
        for name in [RecordNames.release, RecordNames.sequence, RecordNames.secrets] {
            object[path: path + ["metadata", "annotations", name]] = nil
        }
        if let volumes = object[path: path + ["spec", "volumes"]]?.array {
            object[path: path + ["spec", "volumes"]] = .array(volumes.filter { $0["name"]?.string != "sds-chunks" })
        }
        for kind in ["initContainers", "containers"] {
            guard let containers = object[path: path + ["spec", kind]]?.array else { continue }
            object[path: path + ["spec", kind]] = .array(
                containers.map { container in
                    guard let variables = container["env"]?.array else { return container }
                    var container = container
                    container["env"] = .array(
                        variables.filter { !["SDS_RELEASE", "SDS_SEQUENCE"].contains($0["name"]?.string ?? "") })
                    return container
                })
        }
        return object
    }

    private struct Walk {
        var changes: [FieldChange] = []

        mutating func visit(_ live: JSONValue, _ desired: JSONValue, _ former: JSONValue?, _ path: String) {
            switch (live, desired) {
            case (.object(let present), .object(let wanted)):
                for (key, value) in wanted.sorted(by: { $0.key < $1.key }) {
                    let place = FieldChange.place(path, key)
                    if let held = present[key] {
                        visit(held, value, former?[key], place)
                    } else if !value.isEmptyValue {
                        changes.append(FieldChange(path: place, old: nil, new: FieldChange.text(value)))
                    }
                }
                for key in (former?.object ?? [:]).keys.sorted() where wanted[key] == nil {
                    guard let held = present[key], !held.isEmptyValue else { continue }
                    changes.append(
                        FieldChange(path: FieldChange.place(path, key), old: FieldChange.text(held), new: nil))
                }
            case (.array(let present), .array(let wanted)):
                visit(present, wanted, former?.array ?? [], path)
            default:
                guard !live.covers(desired) else { return }
                changes.append(FieldChange(path: path, old: FieldChange.text(live), new: FieldChange.text(desired)))
            }
        }

        private mutating func visit(_ live: [JSONValue], _ desired: [JSONValue], _ former: [JSONValue], _ path: String)
        {
            guard let key = JSONValue.mergeKey(of: desired.isEmpty ? live : desired) else {
                guard !JSONValue.array(live).covers(.array(desired)) else { return }
                changes.append(
                    FieldChange(
                        path: path, old: FieldChange.text(.array(live)), new: FieldChange.text(.array(desired))))
                return
            }
            func named(_ element: JSONValue) -> String {
                "\(path)[\(element[key].map { $0.string ?? FieldChange.text($0) } ?? "")]"
            }
            for element in desired {
                if let held = live.first(where: { $0[key] == element[key] }) {
                    visit(held, element, former.first { $0[key] == element[key] }, named(element))
                } else {
                    changes.append(FieldChange(path: named(element), old: nil, new: FieldChange.text(element)))
                }
            }
            for element in live where !desired.contains(where: { $0[key] == element[key] }) {
                changes.append(FieldChange(path: named(element), old: FieldChange.text(element), new: nil))
            }
        }
    }

    /// Keys with dots stand in quotes: `metadata.annotations."sds.hysds.org/files"`.
    private static func place(_ path: String, _ key: String) -> String {
        let name = key.contains(".") || key.contains("/") ? "\"\(key)\"" : key
        return path.isEmpty ? name : "\(path).\(name)"
    }

    private static func text(_ value: JSONValue) -> String {
        let text = value.string ?? String(decoding: value.serialized(), as: UTF8.self)
        let shown = text.printable
        return shown.count > mostCharacters ? shown.prefix(mostCharacters) + "…" : shown
    }
}
