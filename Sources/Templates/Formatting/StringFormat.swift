/// `str.format`.
struct StringFormat {
    private let arguments: Arguments
    private let runtime: Runtime
    private let escapes: Bool
    /// The next automatic number; -1 once a field was numbered by hand.
    private var automatic: Int?
    private var isManual = false

    static func format(_ text: Text, _ arguments: Arguments, _ runtime: Runtime) throws -> Text {
        var format = StringFormat(arguments: arguments, runtime: runtime, escapes: text.isMarkup)
        return try format.expand(text.scalars[...], depth: 2)
    }

    private init(arguments: Arguments, runtime: Runtime, escapes: Bool) {
        self.arguments = arguments
        self.runtime = runtime
        self.escapes = escapes
    }

    private mutating func expand(_ source: ArraySlice<Unicode.Scalar>, depth: Int) throws -> Text {
        guard depth >= 0 else { throw Failure.value("the format nests too deep") }
        var result: [Unicode.Scalar] = []
        var index = source.startIndex
        while index < source.endIndex {
            let scalar = source[index]
            index += 1
            guard scalar == "{" || scalar == "}" else {
                result.append(scalar)
                continue
            }
            if depth == 2, index < source.endIndex, source[index] == scalar {
                result.append(scalar)
                index += 1
                continue
            }
            guard scalar == "{" else { throw Failure.value("single '}' encountered in format string") }
            var level = 1
            let start = index
            var isSubscript = false
            var isSpec = false
            while index < source.endIndex, level > 0 {
                switch source[index] {
                case "[" where !isSpec: isSubscript = true
                case "]": isSubscript = false
                case ":" where !isSubscript, "!" where !isSubscript: isSpec = true
                case "{" where !isSubscript: level += 1
                case "}" where !isSubscript: level -= 1
                default: break
                }
                index += 1
            }
            guard level == 0 else { throw Failure.value("expected '}' before end of string") }
            let piece = try expandField(source[start..<(index - 1)], depth: depth)
            try runtime.spend(piece.count)
            result += piece.scalars
        }
        return Text(result)
    }

    private mutating func expandField(_ field: ArraySlice<Unicode.Scalar>, depth: Int) throws -> Text {
        var name = field
        var conversion: Unicode.Scalar?
        var spec: ArraySlice<Unicode.Scalar> = []
        var isSubscript = false
        for index in field.indices {
            if field[index] == "[" { isSubscript = true }
            if field[index] == "]" { isSubscript = false }
            guard !isSubscript, field[index] == ":" || field[index] == "!" else { continue }
            name = field[..<index]
            var rest = field[(index + 1)...]
            if field[index] == "!" {
                conversion = rest.popFirst()
                guard conversion != nil else { throw Failure.value("the format lacks its conversion after '!'") }
                guard rest.isEmpty || rest.first == ":" else {
                    throw Failure.value("expected ':' after the conversion")
                }
                rest = rest.dropFirst()
            }
            spec = rest
            break
        }
        var value = try lookUp(name)
        switch conversion {
        case nil: break
        case "s": value = .string(try runtime.text(of: value))
        case "r": value = .string(try runtime.representation(of: value))
        case "a": value = .string(StringText.ascii(try runtime.representation(of: value)))
        default: throw Failure.value("unknown conversion after '!'")
        }
        let text = try FormatSpec.format(value, try expand(spec, depth: depth - 1), runtime)
        guard escapes else { return text }
        return value.asText?.isMarkup == true ? text : Markup.escape(text.plain)
    }

    private mutating func lookUp(_ name: ArraySlice<Unicode.Scalar>) throws -> Value {
        let end = name.firstIndex { $0 == "." || $0 == "[" } ?? name.endIndex
        var value = try argument(Text(name[..<end]).string)
        var rest = name[end...]
        while let mark = rest.popFirst() {
            if mark == "." {
                let end = rest.firstIndex { $0 == "." || $0 == "[" } ?? rest.endIndex
                let attribute = Text(rest[..<end]).string
                guard !attribute.isEmpty else { throw Failure.value("empty attribute in format string") }
                guard let found = try runtime.pythonAttribute(attribute, of: value) else {
                    throw Failure(.attribute, "'\(value.typeName)' object has no attribute '\(attribute)'")
                }
                value = found
                rest = rest[end...]
            } else {
                guard mark == "[", let end = rest.firstIndex(of: "]"), end > rest.startIndex else {
                    throw Failure.value("missing ']' or empty subscript in format string")
                }
                let key = Text(rest[..<end])
                let index = key.isEach(\.isASCIIDigit) ? Int(key.string) : nil
                guard let found = try runtime.item(index.map { .int($0) } ?? .string(key), of: value) else {
                    throw Failure(.key, "the format found no item '\(key.string)' in a \(value.typeName)")
                }
                value = found
                rest = rest[(end + 1)...]
                guard rest.isEmpty || rest.first == "." || rest.first == "[" else {
                    throw Failure.value("only '.' or '[' may follow ']' in a format field")
                }
            }
        }
        return value
    }

    private mutating func argument(_ name: String) throws -> Value {
        let place: Int
        if name.isEmpty {
            guard !isManual else { throw Failure.value("cannot switch from manual to automatic field numbering") }
            place = automatic ?? 0
            automatic = place + 1
        } else if let number = Int(name), name.allSatisfy(\.isNumber) {
            guard automatic == nil else {
                throw Failure.value("cannot switch from automatic to manual field numbering")
            }
            isManual = true
            place = number
        } else {
            guard let value = arguments.named.first(where: { $0.name == name })?.value else {
                throw Failure(.key, "the format names '\(name)', which is not among the arguments")
            }
            return value
        }
        guard place < arguments.positional.count else {
            throw Failure(.index, "the format wants argument \(place), but there are \(arguments.positional.count)")
        }
        return arguments.positional[place]
    }
}
