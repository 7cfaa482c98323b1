import Testing

@testable import Templates

@Suite("No source crashes or hangs the engine", .timeLimit(.minutes(5)))
struct FuzzTests {
    /// Random numbers that a seed repeats.
    struct SplitMix64: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    static let pieces = [
        "{{", "}}", "{%", "%}", "{#", "#}", "-%}", "{%-", "+%}", " ", "\n", "if", "else", "elif", "endif", "for", "in",
        "endfor", "set", "endset", "macro",
        "endmacro", "call", "endcall", "filter", "endfilter", "with", "endwith", "block", "endblock", "extends",
        "include", "import", "from", "as", "raw",
        "endraw", "recursive", "scoped", "required", "is", "not", "and", "or", "loop", "self", "super", "caller", "x",
        "y", "xs", "d", "ns.a", "namespace(a=1)",
        "'a'", "\"b\"", "1", "2.5", "1e9", "none", "true", "(", ")", "[", "]", "{", "}", ",", ":", "=", "==", "<", "**",
        "//", "%", "~", "|", ".", "..", "*", "-",
        "|upper", "|join(',')", "|map('upper')|list", "|batch(2)|list", "|sort", "|groupby('a')", "|tojson", "|pprint",
        "|wordwrap(3)", "|urlize", "|format(1)",
        "|indent", "|truncate(3)", "|slice(2)|list", "|round", "|int", ".append(1)", ".format(x)", ".items()",
        ".split()", "range(3)", "loop(xs)", "caller()",
        "'%s%d' % x", "'{:>9}'.format(1)", "\\", "'\\x", "é", "\u{301}", "\u{0}", "'part'", "ignore missing",
        "with context",
    ]

    static let statements = [
        "{% for a in xs %}{{ a }}{% else %}e{% endfor %}", "{% if x %}{{ d.k }}{% elif y %}{% endif %}",
        "{% set q = x ~ 1 %}{{ q|upper|trim }}",
        "{% macro m(a, b=2) %}{{ a }}{{ caller() if caller }}{% endmacro %}{% call m(1) %}z{% endcall %}",
        "{% block b scoped %}{{ self.b }}{% endblock %}",
        "{% include ['no', 'part'] %}", "{{ xs|map('string')|join(', ')|wordwrap(4)|e }}",
        "{% filter upper %}{% raw %}{{ }}{% endraw %}{% endfilter %}",
        "{% set ns = namespace(a=1) %}{% set ns.a = xs[::-1] %}{{ ns }}",
        "{% for k, v in d|dictsort recursive %}{{ loop.index }}{{ k }}{% endfor %}",
    ]

    static func use(_ source: String, lenient: Bool) {
        var options = TemplateOptions()
        options.undefined = lenient ? .lenient : .strict
        options.trimsBlocks = lenient
        options.limits.work = 20_000
        let context: [String: TemplateValue] = [
            "x": "text", "y": 3, "xs": [1, "b", nil, 2.5], "d": ["k": "v", "n": ["m": 1]],
        ]
        let loader = TemplateLoader { $0 == "part" ? source : nil }
        // Whether it fails does not matter, only that it comes back.
        _ = try? Template(source: source, name: "fuzz", options: options).render(context: context, loader: loader)
    }

    @Test("be it random characters", arguments: 0..<10 as Range<UInt64>)
    func randomCharacters(seed: UInt64) {
        var random = SplitMix64(state: seed)
        for round in 0..<150 {
            let scalars = (0..<Int.random(in: 0..<80, using: &random)).map { _ in
                Unicode.Scalar(UInt8.random(in: 0...255, using: &random))
            }
            Self.use("{{" + Text(scalars).string, lenient: round % 2 == 0)
        }
    }

    @Test("be it tokens in random order", arguments: 0..<20 as Range<UInt64>)
    func randomTokens(seed: UInt64) {
        var random = SplitMix64(state: seed &+ 1000)
        for round in 0..<300 {
            let tokens = (0..<Int.random(in: 1..<25, using: &random)).map { _ in
                Self.pieces.randomElement(using: &random) ?? ""
            }
            let joined = tokens.joined(separator: round % 3 == 0 ? "" : " ")
            Self.use(round % 2 == 0 ? "{{ " + joined + " }}" : joined, lenient: round % 5 < 2)
        }
    }

    @Test("be it mutated templates", arguments: 0..<20 as Range<UInt64>)
    func mutatedTemplates(seed: UInt64) {
        var random = SplitMix64(state: seed &+ 2000)
        for round in 0..<200 {
            var source = (0..<Int.random(in: 1..<4, using: &random)).map { _ in
                Self.statements.randomElement(using: &random) ?? ""
            }
            .joined(separator: "\n")
            for _ in 0..<Int.random(in: 1..<5, using: &random) {
                let place = source.index(source.startIndex, offsetBy: Int.random(in: 0...source.count, using: &random))
                if Bool.random(using: &random), place < source.endIndex {
                    source.remove(at: place)
                } else {
                    source.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? "", at: place)
                }
            }
            Self.use(source, lenient: round % 2 == 0)
        }
    }
}
