/// Filters that make and change numbers.
enum NumberFilters {
    static let all: [String: FilterRegistry.Filter] = [
        "abs": { _, value, arguments in
            try arguments.expectNone("abs")
            if case .undefined(let undefined) = value { throw undefined.failure }
            if case .double(let number) = value { return .double(number.magnitude) }
            guard let number = value.asInt else {
                throw Failure.type("bad operand type for abs(): '\(value.typeName)'")
            }
            guard number != Int.min else { throw Failure.overflow }
            return .int(abs(number))
        },
        "int": { _, value, arguments in
            let bound = try arguments.bind("int", ["default", "base"])
            do {
                return .int(try integer(value, base: try bound.int(1, default: 10)))
            } catch let failure as Failure where failure.kind == .type || failure.kind == .value {
                do {
                    return .int(try IntegerText.truncated(try float(value)))
                } catch let failure as Failure
                    where failure.kind == .type || failure.kind == .value || failure.kind == .overflow
                {
                    return bound.value(0, default: .int(0))
                }
            }
        },
        "float": { _, value, arguments in
            let bound = try arguments.bind("float", ["default"])
            do {
                return .double(try float(value))
            } catch let failure as Failure where failure.kind == .type || failure.kind == .value {
                return bound.value(0, default: .double(0))
            }
        },
        "round": { _, value, arguments in
            let bound = try arguments.bind("round", ["precision", "method"])
            let method = bound.value(1, default: .text("common")).asText?.string
            let precision = bound.value(0, default: .int(0))
            switch method {
            case "common":
                if case .undefined(let undefined) = value { throw undefined.failure }
                return try Rounding.round(value, to: precision.isNone ? nil : try bound.int(0, default: 0))
            case "ceil", "floor":
                return try Rounding.cut(value, to: try bound.int(0, default: 0), isUp: method == "ceil")
            default: throw Failure.value("method must be common, ceil or floor")
            }
        },
        "filesizeformat": { runtime, value, arguments in
            let isBinary = try runtime.isTrue(try arguments.bind("filesizeformat", ["binary"]).value(0, default: .null))
            return .text(try fileSize(try float(value), isBinary: isBinary))
        },
    ]

    private static func integer(_ value: Value, base: Int) throws -> Int {
        switch value {
        case .undefined(let undefined): throw undefined.failure
        case .string(let text): return try IntegerText.parse(text, base: base)
        case .double(let number): return try IntegerText.truncated(number)
        default:
            guard let number = value.asInt else { throw Failure.type("int() does not take a \(value.typeName)") }
            return number
        }
    }

    private static func float(_ value: Value) throws -> Double {
        switch value {
        case .undefined(let undefined): throw undefined.failure
        case .string(let text): return try IntegerText.parseFloat(text)
        default:
            guard let number = value.asDouble else { throw Failure.type("float() does not take a \(value.typeName)") }
            return number
        }
    }

    private static func fileSize(_ bytes: Double, isBinary: Bool) throws -> String {
        let base: Double = isBinary ? 1024 : 1000
        if bytes == 1 { return "1 Byte" }
        if bytes < base { return "\(try IntegerText.truncated(bytes)) Bytes" }
        var unit = base
        var text = ""
        for prefix in isBinary
            ? ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"] : ["k", "M", "G", "T", "P", "E", "Z", "Y"]
        {
            unit *= base
            text = FloatText.fixed(base * bytes / unit, "f", precision: 1) + " \(prefix)B"
            if bytes < unit { break }
        }
        return text
    }
}
