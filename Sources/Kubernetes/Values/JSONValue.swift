/// Any JSON value. Integers keep their exactness: a Kubernetes quantity, port or generation is never a double.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    package var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
    package var isNull: Bool { self == .null }

    package var integer: Int? {
        switch self {
        case .integer(let value): Int(value)
        case .number(let value) where value == value.rounded() && abs(value) < 1e15: Int(value)
        default: nil
        }
    }

    /// The member of an object; nil for a missing member and for anything that is no object.
    /// Writing nil removes the member; writing into something that is no object makes it one.
    package subscript(key: String) -> JSONValue? {
        get { if case .object(let members) = self { members[key] } else { nil } }
        set {
            var members = object ?? [:]
            members[key] = newValue
            self = .object(members)
        }
    }

    /// The element of an array; nil outside its bounds.
    package subscript(index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    /// The value at a path of object keys, such as `["spec", "template", "spec"]`.
    /// Writing makes the objects on the way; writing nil removes the last member.
    package subscript(path keys: [String]) -> JSONValue? {
        get { keys.reduce(Optional(self)) { value, key in value?[key] } }
        set {
            guard let first = keys.first else {
                self = newValue ?? .null
                return
            }
            let rest = Array(keys.dropFirst())
            if rest.isEmpty {
                self[first] = newValue
            } else {
                if newValue == nil && self[first] == nil { return }
                var member = self[first] ?? .object([:])
                member[path: rest] = newValue
                self[first] = member
            }
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
    package init(nilLiteral: ()) { self = .null }
}
