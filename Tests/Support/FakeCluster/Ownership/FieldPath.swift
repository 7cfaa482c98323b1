internal import Kubernetes

/// The way to one field, as `managedFields` spells it: `f:spec`, `k:{"name":"a"}`.
struct FieldPath: Hashable, Sendable {
    var elements: [String] = []

    func appending(_ element: String) -> FieldPath { FieldPath(elements: elements + [element]) }

    /// Whether it is a list's element as a whole.
    var isElement: Bool { elements.last?.hasPrefix("k:") ?? false }

    func isBelow(_ other: FieldPath) -> Bool {
        elements.count > other.elements.count && elements.starts(with: other.elements)
    }

    /// As a conflict's cause names it: `.spec.template.spec.containers[name="a"].image`.
    var display: String {
        elements.reduce(into: "") { text, element in
            if element.hasPrefix("f:") {
                text += ".\(element.dropFirst(2))"
            } else {
                let keys = (try? JSONValue(parsing: Array(element.dropFirst(2).utf8)))?.object ?? [:]
                let parts = keys.sorted { $0.key < $1.key }.map { key, value in
                    "\(key)=\(String(decoding: value.serialized(), as: UTF8.self))"
                }
                text += "[\(parts.joined(separator: ","))]"
            }
        }
    }
}

/// Who wrote fields, and whether by server-side apply.
struct FieldOwner: Hashable, Sendable, Comparable {
    var manager: String
    var isApply: Bool

    static func < (left: FieldOwner, right: FieldOwner) -> Bool {
        (left.manager, left.isApply ? 0 : 1) < (right.manager, right.isApply ? 0 : 1)
    }

    /// One member of `metadata.managedFields`.
    func entry(_ fields: Set<FieldPath>, apiVersion: String) -> JSONValue {
        var tree: JSONValue = [:]
        for field in fields where tree[path: field.elements] == nil { tree[path: field.elements] = [:] }
        return [
            "manager": .string(manager), "operation": isApply ? "Apply" : "Update", "apiVersion": .string(apiVersion),
            "fieldsType": "FieldsV1", "fieldsV1": tree,
        ]
    }
}
