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
