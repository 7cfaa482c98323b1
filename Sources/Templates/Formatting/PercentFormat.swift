extension Runtime {
    /// Python's `format % value`.
    func formatted(_ format: Text, with value: Value) throws -> Value {
        var percent = PercentFormat(value: value, escapes: format.isMarkup, runtime: self)
        return .string(format.with(try percent.expand(format).scalars))
    }
}

/// printf-style formatting.
struct PercentFormat {
    /// One `%…`.
    private struct Directive {
        var key: Text?
        var flags: Set<Unicode.Scalar> = []
        var width = 0
        var precision: Int?
        var conversion: Unicode.Scalar = "s"
    }

    private let runtime: Runtime
    private let escapes: Bool
    private var rest: [Value]
    private let mapping: Value?

    init(value: Value, escapes: Bool, runtime: Runtime) {
        self.runtime = runtime
        self.escapes = escapes
        switch value {
        case .tuple(let tuple):
            rest = tuple.items.reversed()
            mapping = nil
        case .dict, .list, .undefined:
            rest = [value]
            mapping = value
        case .object(let object) where object is RangeObject:
            rest = [value]
            mapping = value
        default:
            rest = [value]
            mapping = nil
        }
    }

    mutating func expand(_ format: Text) throws -> Text {
        var result: [Unicode.Scalar] = []
        var source = format.scalars[...]
        while let scalar = source.popFirst() {
            guard scalar == "%" else {
                result.append(scalar)
                continue
            }
            if source.first == "%" {
                source.removeFirst()
                result.append("%")
                continue
            }
            let directive = try parse(&source)
            let text = try convert(directive)
            try runtime.spend(text.count)
            result += text.scalars
        }
        if mapping == nil, !rest.isEmpty {
            throw Failure.type("not all arguments converted during string formatting")
        }
        return Text(result)
    }

    private mutating func next() throws -> Value {
        guard let value = rest.popLast() else { throw Failure.type("not enough arguments for format string") }
        return value
    }

    private mutating func parse(_ source: inout ArraySlice<Unicode.Scalar>) throws -> Directive {
        var directive = Directive()
        if source.first == "(" {
            var level = 0
            var key: [Unicode.Scalar] = []
            repeat {
                guard let scalar = source.popFirst() else { throw Failure.value("incomplete format key") }
                if scalar == "(" { level += 1 }
                if scalar == ")" { level -= 1 }
                key.append(scalar)
            } while level > 0
            directive.key = Text(key[1..<(key.count - 1)])
            guard mapping != nil else { throw Failure.type("format requires a mapping") }
        }
        while let flag = source.first, "-+ #0".unicodeScalars.contains(flag) {
            directive.flags.insert(flag)
            source.removeFirst()
        }
        if let width = try number(&source) {
            directive.width = abs(width)
            if width < 0 { directive.flags.insert("-") }
        }
        if source.first == "." {
            source.removeFirst()
            directive.precision = max(0, try number(&source) ?? 0)
        }
        if let size = source.first, "hlL".unicodeScalars.contains(size) { source.removeFirst() }
        guard let conversion = source.popFirst() else { throw Failure.value("incomplete format") }
        directive.conversion = conversion
        return directive
    }

    private mutating func number(_ source: inout ArraySlice<Unicode.Scalar>) throws -> Int? {
        if source.first == "*" {
            source.removeFirst()
            guard case .int(let value) = try next() else { throw Failure.type("* wants int") }
            guard value.magnitude <= 1_000_000 else { throw Failure.limit("the format asks for too many characters") }
            return value
        }
        var value: Int?
        while let digit = source.first, digit.isASCIIDigit {
            source.removeFirst()
            let next = (value ?? 0) * 10 + Int(digit.value) - 48
            guard next <= 1_000_000 else { throw Failure.limit("the format asks for too many characters") }
            value = next
        }
        return value
    }

    private mutating func argument(_ directive: Directive) throws -> Value {
        guard let key = directive.key, let mapping else { return try next() }
        rest = []
        guard let value = try runtime.item(.string(key), of: mapping) else {
            throw Failure(.key, "the format names '\(key.string)', which the mapping lacks")
        }
        return value
    }

    private mutating func convert(_ directive: Directive) throws -> Text {
        let value = try argument(directive)
        switch directive.conversion {
        case "s": return pad(directive, escaped(try runtime.text(of: value), value))
        case "r": return pad(directive, escaped(try runtime.representation(of: value), .null))
        case "a": return pad(directive, escaped(StringText.ascii(try runtime.representation(of: value)), .null))
        case "c": return pad(directive, try character(value))
        case "d", "i", "u", "x", "X", "o": return try integer(directive, value)
        case "e", "E", "f", "F", "g", "G": return try float(directive, value)
        default:
            throw Failure.value("unsupported format character '\(directive.conversion)'")
        }
    }

    private func escaped(_ text: Text, _ value: Value) -> Text {
        guard escapes else { return text }
        return value.asText?.isMarkup == true ? text : Markup.escape(text.plain)
    }

    private func pad(_ directive: Directive, _ text: Text) -> Text {
        let cut = directive.conversion == "c" ? text : directive.precision.map { Text(text.scalars.prefix($0)) } ?? text
        let blanks = Text(" ").repeated(directive.width - cut.count)
        return directive.flags.contains("-") ? cut + blanks : blanks + cut
    }

    private func character(_ value: Value) throws -> Text {
        if let text = value.asText, text.count == 1 { return text.plain }
        if case .undefined(let undefined) = value { throw undefined.failure }
        guard let code = value.asInt else { throw Failure.type("%c requires int or char") }
        guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else {
            throw Failure(.overflow, "%c arg not in range(0x110000)")
        }
        return Text([scalar])
    }

    private func integer(_ directive: Directive, _ value: Value) throws -> Text {
        if case .undefined(let undefined) = value { throw undefined.failure }
        let isDecimal = "diu".unicodeScalars.contains(directive.conversion)
        guard let number = try value.asInt ?? (isDecimal ? value.asDouble.map(IntegerText.truncated) : nil) else {
            throw Failure.type("%\(directive.conversion) format: a number is required, not \(value.typeName)")
        }
        let radix = isDecimal ? 10 : directive.conversion == "o" ? 8 : 16
        var digits = String(number.magnitude, radix: radix, uppercase: directive.conversion == "X")
        if let precision = directive.precision {
            digits = String(repeating: "0", count: max(0, precision - digits.count)) + digits
        }
        let base = directive.flags.contains("#") && !isDecimal ? "0\(directive.conversion)" : ""
        return zeroPadded(directive, sign(directive, isNegative: number < 0) + base, digits)
    }

    private func float(_ directive: Directive, _ value: Value) throws -> Text {
        if case .undefined(let undefined) = value { throw undefined.failure }
        guard let number = value.asDouble else { throw Failure.type("must be real number, not \(value.typeName)") }
        let isGeneral = directive.conversion == "g" || directive.conversion == "G"
        let precision = directive.precision ?? 6
        let text = FloatText.fixed(
            number.magnitude, Character(directive.conversion), precision: isGeneral ? max(1, precision) : precision,
            isAlternate: directive.flags.contains("#"))
        return zeroPadded(directive, sign(directive, isNegative: number.sign == .minus && !number.isNaN), text)
    }

    private func sign(_ directive: Directive, isNegative: Bool) -> String {
        if isNegative { return "-" }
        return directive.flags.contains("+") ? "+" : directive.flags.contains(" ") ? " " : ""
    }

    private func zeroPadded(_ directive: Directive, _ prefix: String, _ digits: String) -> Text {
        let missing = max(0, directive.width - prefix.count - digits.count)
        if directive.flags.contains("-") { return Text(prefix + digits + String(repeating: " ", count: missing)) }
        if directive.flags.contains("0") { return Text(prefix + String(repeating: "0", count: missing) + digits) }
        return Text(String(repeating: " ", count: missing) + prefix + digits)
    }
}
