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

/// Arguments by the place of their parameter.
struct Bound {
    let callee: String
    let parameters: [String]
    private let values: [Value?]

    init(callee: String, parameters: [String], values: [Value?]) {
        self.callee = callee
        self.parameters = parameters
        self.values = values
    }

    /// nil if it was not passed.
    subscript(place: Int) -> Value? { values[place] }

    func value(_ place: Int) throws -> Value {
        guard let value = values[place] else {
            throw Failure.type("\(callee)() needs the argument '\(parameters[place])'")
        }
        return value
    }

    func value(_ place: Int, default fallback: Value) -> Value { values[place] ?? fallback }

    func int(_ place: Int) throws -> Int {
        let value = try value(place)
        if case .undefined(let undefined) = value { throw undefined.failure }
        guard let number = value.asInt else {
            throw Failure.type("\(callee)(): '\(parameters[place])' should be an int, found \(value.typeName)")
        }
        return number
    }

    func int(_ place: Int, default fallback: Int) throws -> Int { values[place] == nil ? fallback : try int(place) }

    func text(_ place: Int) throws -> Text {
        let value = try value(place)
        guard let text = value.asText else {
            throw Failure.type("\(callee)(): '\(parameters[place])' should be a str, found \(value.typeName)")
        }
        return text
    }

    func text(_ place: Int, default fallback: Text) throws -> Text {
        values[place] == nil ? fallback : try text(place)
    }
}
