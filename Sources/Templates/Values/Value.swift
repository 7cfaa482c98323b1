/// A value during a render, with Python's types; containers are shared, not copied, as in Python.
enum Value {
    case undefined(Undefined)
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(Text)
    case list(ListObject)
    case tuple(TupleObject)
    case dict(DictObject)
    /// Everything else: ranges, iterators, functions, namespaces, loops.
    case object(any RuntimeObject)

    static func text(_ string: String) -> Value { .string(Text(string)) }

    /// Python's name of the type, for error messages.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .null: "NoneType"
        case .bool: "bool"
        case .int: "int"
        case .double: "float"
        case .string(let text): text.isMarkup ? "Markup" : "str"
        case .list: "list"
        case .tuple: "tuple"
        case .dict: "dict"
        case .object(let object): object.typeName
        }
    }

    var isNone: Bool { if case .null = self { true } else { false } }
    var isUndefined: Bool { if case .undefined = self { true } else { false } }
    var asText: Text? { if case .string(let text) = self { text } else { nil } }

    /// What Python's `int` and its subclass `bool` hold.
    var asInt: Int? {
        switch self {
        case .int(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    var asDouble: Double? {
        if case .double(let value) = self { return value }
        return asInt.map(Double.init)
    }
}
