/// The methods of `str`.
enum StringMethods {
    typealias Method = @Sendable (Runtime, Text, Arguments) throws -> Value

    static let all: [String: Method] =
        cases.merging(predicates) { $1 }.merging(searches) { $1 }.merging(pieces) { $1 }.merging(paddings) { $1 }
        .merging(formats) { $1 }

    private static func plain(_ name: String, _ change: @escaping @Sendable (Text) -> Text) -> Method {
        { runtime, text, arguments in
            try arguments.expectNone(name)
            try runtime.spend(text.count)
            return .string(change(text))
        }
    }

    private static func predicate(_ name: String, _ test: @escaping @Sendable (Text) -> Bool) -> Method {
        { _, text, arguments in
            try arguments.expectNone(name)
            return .bool(test(text))
        }
    }

    private static let cases: [String: Method] = [
        "upper": plain("upper") { $0.uppercased },
        "lower": plain("lower") { $0.lowercased },
        "title": plain("title") { $0.titlecased },
        "capitalize": plain("capitalize") { $0.capitalized },
        "swapcase": plain("swapcase") { $0.caseSwapped },
        "casefold": plain("casefold") { $0.casefolded },
    ]

    private static let predicates: [String: Method] = [
        "isalpha": predicate("isalpha") { $0.isEach(\.isPythonAlpha) },
        "isalnum": predicate("isalnum") { $0.isEach(\.isPythonAlnum) },
        "isdigit": predicate("isdigit") { $0.isEach(\.isPythonDigit) },
        "isdecimal": predicate("isdecimal") { $0.isEach(\.isPythonDecimal) },
        "isnumeric": predicate("isnumeric") { $0.isEach(\.isPythonNumeric) },
        "isspace": predicate("isspace") { $0.isEach(\.isPythonSpace) },
        "isupper": predicate("isupper") { $0.isPythonUpper },
        "islower": predicate("islower") { $0.isPythonLower },
        "istitle": predicate("istitle") { $0.isPythonTitle },
        "isascii": predicate("isascii") { $0.scalars.allSatisfy(\.isASCII) },
        "isprintable": predicate("isprintable") { $0.scalars.allSatisfy(\.isPythonPrintable) },
        "isidentifier": predicate("isidentifier") { $0.isIdentifier },
    ]

    private static let paddings: [String: Method] = [
        "ljust": { runtime, text, arguments in
            try pad("ljust", runtime, text, arguments) { missing in (0, missing) }
        },
        "rjust": { runtime, text, arguments in
            try pad("rjust", runtime, text, arguments) { missing in (missing, 0) }
        },
        "center": { runtime, text, arguments in
            let width = try arguments.bind("center", ["width", "fillchar"], required: 1).int(0)
            return try pad("center", runtime, text, arguments) { centered($0, width: width) }
        },
        "zfill": { runtime, text, arguments in
            let width = try arguments.bind("zfill", ["width"], required: 1, positionalOnly: true).int(0)
            let missing = text.missing(to: width)
            try runtime.spend(missing + text.count)
            let hasSign = text.scalars.first == "-" || text.scalars.first == "+"
            let sign = hasSign ? text.scalars.prefix(1) : []
            return .string(
                text.with(sign + Array(repeating: "0", count: missing) + text.scalars.dropFirst(sign.count)))
        },
        "expandtabs": { runtime, text, arguments in
            let size = try arguments.bind("expandtabs", ["tabsize"]).int(0, default: 8)
            return .string(try expandTabs(runtime, text, size: size))
        },
    ]

    /// CPython's choice of the longer side when the blanks do not split evenly.
    static func centered(_ missing: Int, width: Int) -> (Int, Int) {
        let left = missing / 2 + (missing & width & 1)
        return (left, missing - left)
    }

    private static func pad(
        _ name: String, _ runtime: Runtime, _ text: Text, _ arguments: Arguments, _ sides: (Int) -> (Int, Int)
    ) throws -> Value {
        let bound = try arguments.bind(name, ["width", "fillchar"], required: 1, positionalOnly: true)
        let fill = try bound.text(1, default: " ")
        guard fill.count == 1 else { throw Failure.type("\(name)(): the fill character must be one character long") }
        let width = try bound.int(0)
        let missing = text.missing(to: width)
        try runtime.spend(missing + text.count)
        guard missing > 0 else { return .string(text) }
        let (left, right) = sides(missing)
        return .string(text.with(fill.repeated(left).scalars + text.scalars + fill.repeated(right).scalars))
    }

    private static func expandTabs(_ runtime: Runtime, _ text: Text, size: Int) throws -> Text {
        var result: [Unicode.Scalar] = []
        var column = 0
        for scalar in text.scalars {
            switch scalar {
            case "\t":
                guard size > 0 else { continue }
                let blanks = size - column % size
                try runtime.spend(blanks)
                result += Array(repeating: " ", count: blanks)
                column += blanks
            case "\n", "\r":
                result.append(scalar)
                column = 0
            default:
                result.append(scalar)
                column += 1
            }
        }
        return text.with(result)
    }
}
