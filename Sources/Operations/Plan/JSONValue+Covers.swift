internal import Kubernetes

extension JSONValue {
    /// Whether this live value already holds everything that `desired` says: what the server added doesn't count.
    ///
    /// Lists of objects are matched by the field that Kubernetes merges them by, other lists element by element.
    func covers(_ desired: JSONValue) -> Bool {
        switch (self, desired) {
        case (.object(let live), .object(let wanted)):
            return wanted.allSatisfy { key, value in
                guard let present = live[key] else { return value.isEmptyValue }
                return present.covers(value)
            }
        case (.array(let live), .array(let wanted)):
            guard live.count == wanted.count else { return false }
            guard let mergeKey = JSONValue.mergeKey(of: wanted) else {
                return zip(live, wanted).allSatisfy { $0.covers($1) }
            }
            return wanted.allSatisfy { element in
                live.first { $0[mergeKey] == element[mergeKey] }?.covers(element) ?? false
            }
        case (.string(let live), .string(let wanted)):
            if live == wanted { return true }
            guard let left = try? Quantity(live), let right = try? Quantity(wanted) else { return false }
            return left == right
        case (.null, _), (_, .null):
            return self == desired || (isNull && desired.isEmptyValue)
        default:
            return self == desired || (integer != nil && integer == desired.integer)
        }
    }

    /// What the server drops when it stores an object.
    var isEmptyValue: Bool {
        switch self {
        case .null: true
        case .object(let members): members.values.allSatisfy(\.isEmptyValue)
        case .array(let elements): elements.isEmpty
        case .string(let text): text.isEmpty
        case .bool(let value): !value
        case .integer(let value): value == 0
        case .number: false
        }
    }

    static func mergeKey(of elements: [JSONValue]) -> String? {
        ["name", "mountPath", "containerPort", "port", "key"].first { key in
            !elements.isEmpty && elements.allSatisfy { $0[key] != nil }
                && Set(elements.compactMap { $0[key] }).count == elements.count
        }
    }
}
