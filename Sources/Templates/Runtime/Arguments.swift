/// What a call passes, after unpacking `*` and `**`.
struct Arguments {
    var positional: [Value] = []
    var named: [(name: String, value: Value)] = []

    var isEmpty: Bool { positional.isEmpty && named.isEmpty }

    func expectNone(_ callee: String) throws {
        guard isEmpty else { throw Failure.type("\(callee)() takes no arguments") }
    }

    func only(_ callee: String) throws -> Value {
        guard positional.count == 1, named.isEmpty else { throw Failure.type("\(callee)() takes exactly one argument") }
        return positional[0]
    }

    /// Gives every parameter its argument; the first `required` need one.
    func bind(_ callee: String, _ parameters: [String], required: Int = 0, positionalOnly: Bool = false) throws -> Bound
    {
        guard positional.count <= parameters.count else {
            throw Failure.type("\(callee)() takes at most \(parameters.count) arguments, \(positional.count) given")
        }
        guard !positionalOnly || named.isEmpty else { throw Failure.type("\(callee)() takes no keyword arguments") }
        var values: [Value?] = positional + Array(repeating: nil, count: parameters.count - positional.count)
        for (name, value) in named {
            guard let place = parameters.firstIndex(of: name) else {
                throw Failure.type("\(callee)() got an unexpected keyword argument '\(name)'")
            }
            guard values[place] == nil else { throw Failure.type("\(callee)() got two values for '\(name)'") }
            values[place] = value
        }
        for place in 0..<required where values[place] == nil {
            throw Failure.type("\(callee)() needs the argument '\(parameters[place])'")
        }
        return Bound(callee: callee, parameters: parameters, values: values)
    }
}
