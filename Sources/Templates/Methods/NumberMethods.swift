/// The attributes and methods of `int`, `bool` and `float`.
enum NumberMethods {
    static func attribute(_ name: String, of value: Value) throws -> Value? {
        func method(_ result: @escaping () throws -> Value) -> Value {
            .object(
                FunctionObject(name) { arguments, _ in
                    try arguments.expectNone(name)
                    return try result()
                })
        }
        switch (name, value) {
        case ("real", .bool), ("numerator", .bool): return .int(value.asInt ?? 0)
        case ("real", _), ("numerator", .int): return value
        case ("imag", .double): return .double(0)
        case ("imag", _): return .int(0)
        case ("denominator", .int), ("denominator", .bool): return .int(1)
        case ("conjugate", _): return method { try attribute("real", of: value) ?? value }
        case ("bit_length", .int(let number)):
            return method { .int(Int.bitWidth - number.magnitude.leadingZeroBitCount) }
        case ("bit_count", .int(let number)): return method { .int(number.magnitude.nonzeroBitCount) }
        case ("bit_length", .bool(let flag)), ("bit_count", .bool(let flag)): return method { .int(flag ? 1 : 0) }
        case ("is_integer", .double(let number)): return method { .bool(number.isFinite && number == number.rounded()) }
        default: return nil
        }
    }
}
